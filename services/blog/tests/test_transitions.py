"""The steps of a post's publication, as clients of version 2 take them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from blog_service.posts.models import Post
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from uuid_utils.compat import uuid7

LATER = "2126-11-23T10:00:00.000Z"


@pytest.fixture
def path(alice: Caller) -> str:
    """A draft of alice's."""
    return f"v2/posts/{alice.writes()['id']}"


def steps(caller: Caller, path: str, to: str, **headers: str) -> Any:
    body = {"to": to} | ({"at": LATER} if to == "scheduled" else {})
    return caller.post(f"{path}/transitions", body, **headers)


def told() -> list[str]:
    return [event.type for event in published(DjangoDatabase())]


@pytest.mark.parametrize(
    "walk",
    [
        ["scheduled", "published", "archived", "draft", "archived"],
        ["scheduled", "draft", "published", "draft", "scheduled"],
    ],
)
def test_every_step_that_was_agreed_on_can_be_taken(alice: Caller, charlie: Caller, path: str, walk: list[str]) -> None:
    for number, to in enumerate(walk, start=2):
        answer = steps(alice, path, to)
        assert (answer.status, answer.body["status"], answer.body["revision"]) == (200, to, number)
        assert (answer.body["scheduled_for"] == LATER) == (to == "scheduled")
        assert (answer.body["published_at"] is not None) == (to == "published")
        assert charlie.get(path).status == (200 if to == "published" else 404)
        assert answer.headers["ETag"] == alice.get(path).headers["ETag"]


@pytest.mark.parametrize(
    ("walk", "to"),
    [
        ([], "draft"),
        (["scheduled"], "scheduled"),
        (["scheduled"], "archived"),
        (["published"], "published"),
        (["published"], "scheduled"),
        (["archived"], "archived"),
        (["archived"], "published"),
        (["archived"], "scheduled"),
    ],
)
def test_a_step_that_is_none_is_refused(alice: Caller, path: str, walk: list[str], to: str) -> None:
    for each in walk:
        steps(alice, path, each)
    before, events = alice.get(path).body, told()
    answer = steps(alice, path, to)
    assert (answer.status, answer.body["code"]) == (409, "transition_refused")
    assert (alice.get(path).body, told()) == (before, events)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/to"),
        ({"to": "gone"}, "/to"),
        ({"to": "published", "at": LATER}, "/at"),
        ({"to": "scheduled"}, "/at"),
        ({"to": "scheduled", "at": None}, "/at"),
        ({"to": "scheduled", "at": "tomorrow"}, "/at"),
        ({"to": "scheduled", "at": "2126-11-23T10:00:00"}, "/at"),
        ({"to": "scheduled", "at": "2020-11-23T10:00:00Z"}, "/at"),
        ({"to": "scheduled", "at": "9999-12-31T23:59:59-14:00"}, "/at"),
        ({"to": "scheduled", "at": "0001-01-01T00:00:00+14:00"}, "/at"),
        ({"to": "scheduled", "at": 5}, "/at"),
        ({"to": "draft", "why": "x"}, "/why"),
    ],
)
def test_a_malformed_step_is_refused_by_field(alice: Caller, path: str, body: Any, pointer: str) -> None:
    answer = alice.post(f"{path}/transitions", body)
    assert (answer.status, [error["pointer"] for error in answer.body["errors"]]) == (422, [pointer])
    assert Post.objects.get().status == "draft"


def test_an_hour_that_comes_twice_is_told_by_its_offset(alice: Caller, path: str) -> None:
    """When clocks go back: half past one on 31 October 2126 is there in summer time and again in winter time."""
    moments = []
    for offset in ("+01:00", "+00:00"):
        alice.post(f"{path}/transitions", {"to": "scheduled", "at": f"2126-10-31T01:30:00{offset}"})
        moments.append(Post.objects.values_list("scheduled_for", flat=True).get())
        steps(alice, path, "draft")
    assert moments == [datetime(2126, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)]


def test_who_may_not_write_may_not_step(alice: Caller, bob: Caller, charlie: Caller, dana: Caller, path: str) -> None:
    assert [steps(who, path, "published").status for who in (charlie, bob)] == [401, 404]
    assert steps(dana, path, "published").status == 200
    assert steps(bob, path, "draft").status == 403
    assert steps(alice, f"v2/posts/{uuid7()}", "draft").status == 404


def test_a_precondition_is_optional_and_holds(alice: Caller, path: str) -> None:
    assert steps(alice, path, "published", If_Match='"2"').status == 412
    assert steps(alice, path, "published", If_Match='"1"').status == 200


def test_publishing_waits_for_pictures(alice: Caller, neighbours: Neighbours) -> None:
    media = neighbours.has_asset(alice, "processing")
    post = alice.writes(images=[{"media": str(media)}])
    answer = steps(alice, f"v2/posts/{post['id']}", "published")
    assert (answer.status, answer.body["status"]) == (202, "draft")
    assert answer.body["waiting_for"] == [post["images"][0]["id"]]
    stopped = steps(alice, f"v2/posts/{post['id']}", "draft")
    assert (stopped.status, "waiting_for" in stopped.body) == (200, False)


def test_archiving_a_public_post_tells_that_it_is_public_no_more(alice: Caller, path: str) -> None:
    for to in ("scheduled", "draft", "archived", "draft", "published", "archived"):
        assert steps(alice, path, to).status == 200
    assert told() == ["blog.post.created.v1", "blog.post.published.v1", "blog.post.unpublished.v1"]


def test_version_1_publishes_and_withdraws_what_is_scheduled_and_not_what_is_archived(alice: Caller, path: str) -> None:
    steps(alice, path, "scheduled")
    assert alice.post("v1/posts/first-light/unpublish").body["published"] is False
    assert Post.objects.get().status == "draft"
    steps(alice, path, "archived")
    answer = alice.post("v1/posts/first-light/publish")
    assert (answer.status, answer.body["code"]) == (409, "transition_refused")


def test_a_change_leaves_a_schedule_as_it_is(alice: Caller, path: str) -> None:
    scheduled = steps(alice, path, "scheduled").body
    after = alice.patch(path, {"body": "new"}, If_Match="*").body
    assert (after["status"], after["scheduled_for"]) == ("scheduled", scheduled["scheduled_for"])
