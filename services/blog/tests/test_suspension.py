"""What a suspended author wished for does not happen by itself."""

from dataclasses import replace
from uuid import UUID

from blog_service.commands import event_service
from blog_service.posts.models import Post
from blog_service.posts.tasks import media_refs_refresh_stuck
from blog_service.testing import Caller, Neighbours
from chassis.events.testing import deliver, example
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"


def hear(name: str, who: Caller, *, sequence: int) -> None:
    event = example(f"auth.user.{name}.v1")
    data = event.data | {"user_id": str(who.id)}
    event = replace(event, id=uuid7(), sequence=sequence, partition_key=str(who.id), data=data)
    deliver(event_service(), event)


def hear_of_picture(media: UUID, owner: Caller) -> None:
    event = example("media.asset.ready.v1")
    data = event.data | {"asset_id": str(media), "owner_id": str(owner.id)}
    deliver(event_service(), replace(event, id=uuid7(), sequence=2, partition_key=str(media), data=data))


def waiting(author: Caller, neighbours: Neighbours) -> UUID:
    """Has the author's post wait for a picture; gives the picture's id."""
    media = neighbours.has_asset(author, "processing", sequence=1)
    author.writes(images=[{"media": str(media)}], published=True)
    return media


def test_a_waiting_post_of_a_suspended_author_goes_on_waiting(alice: Caller, neighbours: Neighbours) -> None:
    media = waiting(alice, neighbours)
    hear("suspended", alice, sequence=5)
    hear_of_picture(media, alice)
    media_refs_refresh_stuck()
    assert Post.objects.get().status == Post.Status.DRAFT


def test_it_publishes_itself_when_its_author_is_reactivated(alice: Caller, neighbours: Neighbours) -> None:
    media = waiting(alice, neighbours)
    hear("suspended", alice, sequence=5)
    hear_of_picture(media, alice)
    hear("reactivated", alice, sequence=6)
    assert Post.objects.get().status == Post.Status.PUBLISHED


def test_an_editor_who_changes_it_does_not_publish_it(alice: Caller, dana: Caller, neighbours: Neighbours) -> None:
    media = waiting(alice, neighbours)
    hear("suspended", alice, sequence=5)
    hear_of_picture(media, alice)
    assert not dana.patch(POST, {"title": "Other"}).body["published"]
    assert dana.post("v1/posts/other/publish").body["published"]


def test_older_news_of_a_suspension_changes_nothing(alice: Caller, neighbours: Neighbours) -> None:
    media = waiting(alice, neighbours)
    hear("reactivated", alice, sequence=6)
    hear("suspended", alice, sequence=5)
    hear_of_picture(media, alice)
    assert Post.objects.get().status == Post.Status.PUBLISHED


def test_a_suspended_author_has_no_page(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    alice.writes()
    hear("suspended", alice, sequence=5)
    assert charlie.get("v1/authors/alice").status == 404
    hear("reactivated", alice, sequence=6)
    assert charlie.get("v1/authors/alice").status == 200


def test_what_a_suspended_author_published_and_said_stays(
    alice: Caller, bob: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    alice.writes(published=True)
    bob.post("v1/authors/alice/follow")
    alice.post(f"{POST}/comments", {"body": "Well said"})
    before = [charlie.get(path).body for path in (POST, "v1/posts", f"{POST}/comments")]
    hear("suspended", alice, sequence=5)
    assert [charlie.get(path).body for path in (POST, "v1/posts", f"{POST}/comments")] == before
    assert [post["slug"] for post in bob.get("v1/feed").body["results"]] == ["first-light"]
    assert bob.post(f"{POST}/comments", {"body": "x"}).status == 201
