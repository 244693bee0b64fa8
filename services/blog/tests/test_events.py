"""What blog tells the others about posts, and what it does when media speaks."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from blog_service.commands import event_service
from blog_service.media_refs.models import Asset
from blog_service.testing import Caller, Neighbours
from chassis.events.contracts import problems
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event
from chassis.events.testing import contracts, deliver, example, published
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"


def told() -> list[tuple[str, int]]:
    """The events in the outbox by their short name and place."""
    events = published(DjangoDatabase())
    return [(re.sub(r"^blog\.(post\.)?|\.v1$", "", event.type), event.sequence) for event in events]


def asset_event(name: str, asset_id: UUID, owner: Caller, *, sequence: int = 2) -> Event:
    """News of a picture, like the committed example."""
    event = example(f"media.asset.{name}.v1")
    data = event.data | {"asset_id": str(asset_id), "owner_id": str(owner.id)}
    return replace(event, id=uuid7(), sequence=sequence, partition_key=str(asset_id), data=data)


def test_every_change_of_a_post_is_told_in_order(alice: Caller, neighbours: Neighbours) -> None:
    image = [{"media": str(neighbours.has_asset(alice))}]
    alice.writes(tags=["a"], images=image)
    alice.post(f"{POST}/publish")
    alice.patch(POST, {"title": "Dawn"})
    alice.post("v1/posts/dawn/unpublish")
    alice.delete("v1/posts/dawn")
    assert told() == [
        ("created", 1),
        ("media_refs.changed", 2),
        ("published", 3),
        ("updated", 4),
        ("slug_changed", 5),
        ("unpublished", 6),
        ("deleted", 7),
        ("media_refs.changed", 8),
    ]


def test_an_event_carries_the_public_state_of_the_post(alice: Caller) -> None:
    post = alice.writes(tags=["a", "b"])
    alice.patch(POST, {"title": "Dawn"})
    created, updated, slug_changed = published(DjangoDatabase())
    state = {
        "post_id": post["id"],
        "author_id": str(alice.id),
        "co_author_ids": [],
        "slug": "first-light",
        "tags": ["a", "b"],
        "version": 1,
    }
    assert created.data == state
    assert updated.data == state | {"slug": "dawn", "version": 2}
    assert slug_changed.data == updated.data | {"previous_slug": "first-light"}
    assert {event.subject for event in (created, updated, slug_changed)} == {f"post/{post['id']}"}
    assert {event.partition_key for event in (created, updated, slug_changed)} == {post["id"]}
    assert created.actor == str(alice.id)


def test_the_pictures_of_a_post_are_told_as_a_full_set(alice: Caller, neighbours: Neighbours) -> None:
    first, second = (str(neighbours.has_asset(alice)) for _ in range(2))
    post = alice.writes(images=[{"media": first}])
    alice.patch(POST, {"images": [{"media": first, "caption": "c"}]})
    alice.patch(POST, {"images": [{"media": second}, {"media": first}]})
    changes = [event.data for event in published(DjangoDatabase()) if event.type == "blog.media_refs.changed.v1"]
    assert [change["media_ids"] for change in changes] == [[first], [second, first]]
    assert {(change["object_type"], change["object_id"]) for change in changes} == {("post", post["id"])}


@pytest.mark.parametrize("change", [{}, {"title": "First light"}, {"tags": []}, {"published": False}])
def test_what_changes_nothing_is_not_told(alice: Caller, change: dict[str, object]) -> None:
    alice.writes()
    alice.patch(POST, change)
    assert told() == [("created", 1)]


def test_a_refused_change_is_not_told(alice: Caller) -> None:
    alice.writes()
    alice.patch(POST, {"title": "Other", "images": [{"media": str(uuid7())}]})
    assert told() == [("created", 1)]


def test_what_is_published_keeps_the_committed_contracts() -> None:
    assert [problem for data in event_service().publishes for problem in problems(data, contracts())] == []


def test_a_waiting_post_publishes_itself_when_its_picture_is_ready(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=[{"media": str(media)}])
    assert alice.post(f"{POST}/publish").status == 202
    deliver(event_service(), asset_event("ready", media, alice))
    post = charlie.get(POST).body
    assert (post["published"], post["version"], post["images"][0]["state"]) == (True, 2, "confirmed")
    assert "waiting_for" not in post
    assert told()[-1][0] == "published"


def test_a_post_waits_for_its_last_picture(alice: Caller, neighbours: Neighbours) -> None:
    first, second = (neighbours.has_asset(alice, "processing", sequence=1) for _ in range(2))
    alice.writes(images=[{"media": str(first)}, {"media": str(second)}], published=True)
    deliver(event_service(), asset_event("ready", first, alice))
    assert not alice.get(POST).body["published"]
    deliver(event_service(), asset_event("ready", second, alice))
    assert alice.get(POST).body["published"]


def test_a_failed_picture_hides_and_the_post_is_not_lost(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=[{"media": str(media)}], published=True)
    deliver(event_service(), asset_event("failed", media, alice))
    assert charlie.get(POST).body["images"] == []
    assert alice.get(POST).body["images"][0]["state"] == "rejected"


def test_a_picture_is_known_from_its_event_before_anybody_asks(alice: Caller, neighbours: Neighbours) -> None:
    media = uuid7()
    deliver(event_service(), asset_event("ready", media, alice))
    assert alice.writes(images=[{"media": str(media)}])["images"][0]["state"] == "confirmed"
    assert neighbours.calls == []


def test_older_news_of_a_picture_changes_nothing(alice: Caller) -> None:
    media = uuid7()
    deliver(event_service(), asset_event("ready", media, alice, sequence=3))
    deliver(event_service(), asset_event("failed", media, alice, sequence=2))
    assert alice.writes(images=[{"media": str(media)}])["images"][0]["state"] == "confirmed"


@pytest.mark.parametrize("name", ["ready", "failed", "removed"])
def test_the_committed_examples_of_media_are_understood(db: None, name: str) -> None:
    event = example(f"media.asset.{name}.v1")
    deliver(event_service(), event)
    asset = Asset.objects.get(id=event.data["asset_id"])
    assert (str(asset.owner_id), asset.status) == (event.data["owner_id"], name)
    assert (asset.width, asset.height) == (event.data["width"], event.data["height"])


def test_a_removed_picture_leaves_what_readers_see(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    alice.writes(images=[{"media": str(media)}], published=True)
    deliver(event_service(), asset_event("removed", media, alice, sequence=3))
    assert charlie.get(POST).body["images"] == []
    assert alice.get(POST).body["images"][0]["state"] == "rejected"


def test_a_removed_picture_joins_no_other_post(alice: Caller) -> None:
    media = uuid7()
    deliver(event_service(), asset_event("ready", media, alice))
    deliver(event_service(), asset_event("removed", media, alice, sequence=3))
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": [{"media": str(media)}]})
    assert (answer.status, answer.body) == (400, {"images": [{"media": ["There is no such picture of the author."]}]})


def test_late_news_brings_no_removed_picture_back(alice: Caller) -> None:
    media = uuid7()
    deliver(event_service(), asset_event("removed", media, alice, sequence=3))
    deliver(event_service(), asset_event("ready", media, alice, sequence=2))
    assert Asset.objects.get(id=media).status == Asset.Status.REMOVED


def test_nobody_waits_for_a_removed_picture(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=[{"media": str(media)}], published=True)
    deliver(event_service(), asset_event("removed", media, alice, sequence=2))
    assert charlie.get(POST).body["images"] == []
