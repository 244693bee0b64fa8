"""Pictures in posts: whose they are, when they are confirmed, and how they are replaced as a set."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from blog_service.commands import event_service
from blog_service.posts.tasks import STUCK_AFTER, media_refs_refresh_stuck
from blog_service.testing import Caller, Neighbours
from chassis.events.testing import deliver, example
from django.utils import timezone
from uuid_utils.compat import uuid7

POST = "v1/posts/first-light"
MISSING = ["There is no such picture of the author."]


def refer(*media: UUID) -> list[dict[str, Any]]:
    return [{"media": str(asset_id)} for asset_id in media]


def states(post: dict[str, Any]) -> list[str]:
    return [image["state"] for image in post["images"]]


def test_an_unknown_picture_is_refused(alice: Caller, neighbours: Neighbours) -> None:
    known = neighbours.has_asset(alice)
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": refer(known, uuid7())})
    assert (answer.status, answer.body) == (400, {"images": [{}, {"media": MISSING}]})


def test_a_picture_of_somebody_else_is_refused(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": refer(neighbours.has_asset(bob))})
    assert (answer.status, answer.body) == (400, {"images": [{"media": MISSING}]})


def test_a_picture_is_named_once(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice)
    answer = alice.post("v1/posts", {"title": "t", "body": "", "images": refer(media, media)})
    assert (answer.status, answer.body) == (400, {"images": [{}, {"media": ["This picture is named twice."]}]})


def test_images_are_replaced_as_a_set_and_keep_their_ids(alice: Caller, neighbours: Neighbours) -> None:
    a, b, c = (neighbours.has_asset(alice) for _ in range(3))
    before = alice.writes(images=[{"media": str(a), "caption": "one", "alt": "x"}, {"media": str(b)}])
    after = alice.patch(POST, {"images": [*refer(c), {"media": str(a), "caption": "new"}]}).body
    assert [(image["media"], image["position"]) for image in after["images"]] == [(str(c), 0), (str(a), 1)]
    kept = after["images"][1]
    assert (kept["id"], kept["caption"], kept["alt"]) == (before["images"][0]["id"], "new", "x")
    assert alice.get(POST).body == after


def test_a_refused_set_changes_nothing(alice: Caller, neighbours: Neighbours) -> None:
    before = alice.writes(images=refer(neighbours.has_asset(alice)), tags=["a"])
    assert alice.patch(POST, {"images": refer(uuid7()), "tags": ["b"], "title": "Other"}).status == 400
    assert alice.get(POST).body == before


def test_media_is_asked_once_about_a_picture(alice: Caller, neighbours: Neighbours) -> None:
    images = refer(neighbours.has_asset(alice))
    alice.writes(images=images)
    alice.patch(POST, {"images": images})
    assert len(neighbours.calls) == 1


def test_publishing_waits_for_a_picture_and_says_which(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    post = alice.writes(
        images=refer(neighbours.has_asset(alice, "processing", sequence=1), neighbours.has_asset(alice))
    )
    assert states(post) == ["pending", "confirmed"]
    answer = alice.post(f"{POST}/publish")
    assert (answer.status, answer.body["published"]) == (202, False)
    assert answer.body["waiting_for"] == [post["images"][0]["id"]]
    assert charlie.get(POST).status == 404
    assert alice.get(POST).body["waiting_for"] == answer.body["waiting_for"]


def test_publishing_asks_media_again_as_events_may_be_late(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=refer(media))
    neighbours.tells_of_asset(media, alice, "ready", sequence=2)
    answer = alice.post(f"{POST}/publish")
    assert (answer.status, states(answer.body)) == (200, ["confirmed"])


def test_unpublishing_takes_a_waiting_wish_back(alice: Caller, neighbours: Neighbours) -> None:
    alice.writes(images=refer(neighbours.has_asset(alice, "processing")))
    alice.post(f"{POST}/publish")
    assert "waiting_for" not in alice.post(f"{POST}/unpublish").body


def test_a_post_stops_waiting_when_the_picture_is_taken_out(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    alice.writes(images=refer(neighbours.has_asset(alice, "processing")))
    alice.post(f"{POST}/publish")
    assert alice.patch(POST, {"images": []}).body["published"]
    assert charlie.get(POST).status == 200


def test_a_post_can_be_written_while_media_is_away(alice: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    assert states(alice.writes(images=refer(uuid7()))) == ["pending"]


def test_the_sweeper_asks_about_stuck_pictures_and_publishes(alice: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    mine, invented = uuid7(), uuid7()
    post = alice.writes(images=refer(mine, invented), published=True)
    assert post["waiting_for"] == [image["id"] for image in post["images"]]
    neighbours.away = False
    neighbours.tells_of_asset(mine, alice, "ready", sequence=2)
    media_refs_refresh_stuck(now=timezone.now() + STUCK_AFTER)
    post = alice.get(POST).body
    assert (post["published"], states(post)) == (True, ["confirmed", "rejected"])


def test_a_picture_that_turns_out_to_be_anothers_is_rejected(
    alice: Caller, bob: Caller, neighbours: Neighbours
) -> None:
    neighbours.away = True
    media = uuid7()
    alice.writes(images=refer(media))
    neighbours.away = False
    neighbours.tells_of_asset(media, bob, "ready", sequence=2)
    assert states(alice.post(f"{POST}/publish").body) == ["rejected"]


def test_a_rejected_picture_hides_from_all_but_who_can_replace_it(
    alice: Caller, charlie: Caller, dana: Caller, neighbours: Neighbours
) -> None:
    alice.writes(images=refer(neighbours.has_asset(alice, "failed")), published=True)
    assert states(charlie.get(POST).body) == []
    assert states(charlie.get("v1/posts").body["results"][0]) == []
    assert states(alice.get(POST).body) == states(dana.get(POST).body) == ["rejected"]


def test_the_author_sees_why_a_picture_is_rejected(
    alice: Caller, bob: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    removed, failed = neighbours.has_asset(alice), neighbours.has_asset(alice, "failed")
    neighbours.away = True
    foreign = uuid7()
    post = alice.writes(images=refer(removed, failed, foreign))
    neighbours.away = False
    neighbours.tells_of_asset(foreign, bob, "ready", sequence=2)
    alice.post(f"{POST}/publish")
    hear_of("removed", removed, alice, sequence=3)
    images = alice.get(POST).body["images"]
    assert [image["reason"] for image in images] == ["removed", "failed", "foreign"]
    assert states({"images": images}) == ["rejected"] * 3
    assert alice.get(f"v2/posts/{post['id']}").body["images"][0]["reason"] == "removed"
    assert charlie.get(POST).body["images"] == []
    hear_of("ready", removed, alice, sequence=4)  # restored
    assert [(image["state"], image["reason"]) for image in charlie.get(POST).body["images"]] == [("confirmed", None)]


def hear_of(what: str, media: UUID, owner: Caller, *, sequence: int) -> None:
    event = example(f"media.asset.{what}.v1")
    data = event.data | {"asset_id": str(media), "owner_id": str(owner.id)}
    deliver(event_service(), replace(event, id=uuid7(), sequence=sequence, partition_key=str(media), data=data))
