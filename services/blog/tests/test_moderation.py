"""Moderation in the admin: who comes in, what they see, and what they do about it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from blog_service.commands import event_service
from blog_service.comments.models import Comment
from blog_service.comments.tasks import comments_held_measure
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from chassis.metrics import gauge
from chassis.testing import TokenMint
from django.test import Client
from uuid_utils.compat import uuid7

PAGE = "/admin/comments/comment/"
COMMENTS = "v1/posts/first-light/comments"
PASSWORD = "correct horse battery"


@pytest.fixture
def mo(db: None, mint: TokenMint) -> Caller:
    """A moderator."""
    return Caller("mo", mint, roles=("moderator",))


def logged_in(person: Caller, neighbours: Neighbours) -> Client:
    neighbours.has_password(person, PASSWORD)
    client = Client()
    client.post("/admin/login/", {"username": person.username, "password": PASSWORD})
    return client


@pytest.fixture
def desk(mo: Caller, neighbours: Neighbours) -> Client:
    """Mo in a browser."""
    return logged_in(mo, neighbours)


@pytest.fixture
def comment(alice: Caller, bob: Caller) -> dict[str, Any]:
    """What Bob says about a post of Alice."""
    alice.writes(published=True)
    return bob.post(COMMENTS, {"body": "Buy now"}).body  # type: ignore[no-any-return]


def act(desk: Client, action: str, *comments: dict[str, Any]) -> None:
    chosen = [comment["id"] for comment in comments]
    answer = desk.post(PAGE, {"action": action, "_selected_action": chosen})
    assert answer.status_code == 302


def test_moderators_see_comments_and_what_was_said_of_them_and_no_posts(
    desk: Client, comment: dict[str, Any], dana: Caller
) -> None:
    dana.post(f"v1/comments/{comment['id']}/report", {"reason": "an advertisement"})
    assert b"Buy now" in desk.get(f"{PAGE}?state=visible&reports__isempty=0").content
    assert b"Buy now" not in desk.get(f"{PAGE}?state=held").content
    assert b"an advertisement" in desk.get(f"{PAGE}{comment['id']}/change/").content
    assert desk.get("/admin/posts/post/").status_code == 403
    assert desk.get(f"{PAGE}{comment['id']}/delete/").status_code == 403


def test_editors_moderate_nothing(dana: Caller, neighbours: Neighbours, comment: dict[str, Any]) -> None:
    desk = logged_in(dana, neighbours)
    assert desk.get(PAGE).status_code == 403
    assert desk.post(PAGE, {"action": "remove", "_selected_action": [comment["id"]]}).status_code == 403
    assert Comment.objects.get().state == "visible"


def test_who_edits_and_moderates_does_both_and_an_admin_too(
    dana: Caller, neighbours: Neighbours, comment: dict[str, Any]
) -> None:
    for roles in (("editor", "moderator"), ("admin",)):
        dana.roles = roles
        desk = logged_in(dana, neighbours)
        assert desk.get(PAGE).status_code == desk.get("/admin/posts/post/").status_code == 200


def test_a_lost_role_ends_moderation(desk: Client, mo: Caller, comment: dict[str, Any]) -> None:
    event = example("auth.role.changed.v1")
    data = event.data | {"user_id": str(mo.id), "roles": ["author"]}
    deliver(event_service(), replace(event, id=uuid7(), partition_key=str(mo.id), data=data))
    assert desk.get(PAGE).status_code == 302


def test_comments_are_held_approved_and_removed_in_bulk(
    desk: Client, mo: Caller, comment: dict[str, Any], charlie: Caller
) -> None:
    for action, state, count in (("hold", "held", 0), ("approve", "visible", 1), ("remove", "removed", 0)):
        act(desk, action, comment)
        assert Comment.objects.get().state == state
        assert charlie.get("v1/posts/first-light").body["comments_count"] == count
    act(desk, "approve", comment)
    assert charlie.get(COMMENTS).body["results"][0]["body"] == "Buy now"
    told = [event for event in published(DjangoDatabase()) if event.actor == str(mo.id)]
    assert [event.type.split(".")[2] for event in told] == ["deleted", "created", "deleted", "created"]


def test_what_waits_for_moderators_is_measured(desk: Client, comment: dict[str, Any]) -> None:
    number, oldest = gauge("comments_held"), gauge("comments_held_oldest_seconds")
    asked_at = Comment.objects.get().created_at + timedelta(hours=3)
    act(desk, "hold", comment)
    comments_held_measure(asked_at)
    assert (number._value.get(), oldest._value.get()) == (1, 3 * 3600)
    act(desk, "approve", comment)
    comments_held_measure(asked_at)
    assert (number._value.get(), oldest._value.get()) == (0, 0)


def test_what_its_author_took_back_is_approved_by_nobody(
    desk: Client, comment: dict[str, Any], bob: Caller, charlie: Caller
) -> None:
    bob.delete(f"v1/comments/{comment['id']}")
    act(desk, "approve", comment)
    assert charlie.get(COMMENTS).body["count"] == 0


def test_all_that_one_said_is_removed_at_once(
    desk: Client, comment: dict[str, Any], bob: Caller, dana: Caller, charlie: Caller
) -> None:
    bob.post(COMMENTS, {"body": "Buy here"})
    dana.post(COMMENTS, {"body": "Well said"})
    act(desk, "remove_all_of_author", comment)
    assert [shown["body"] for shown in charlie.get(COMMENTS).body["results"]] == ["Well said"]


@pytest.mark.parametrize("action", ["approve", "hold", "remove", "remove_all_of_author"])
def test_one_comment_that_is_gone_meanwhile_stops_nothing(
    action: str, desk: Client, comment: dict[str, Any], *, bob: Caller, mo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = bob.post(COMMENTS, {"body": "Buy here"}).body

    def actor(_request: object) -> UUID:
        """The moderator; meanwhile the first comment goes."""
        Comment.objects.filter(id=comment["id"]).delete()
        return mo.id

    monkeypatch.setattr("blog_service.comments.admin._actor", actor)
    act(desk, action, comment, second)
    (left,) = Comment.objects.all()
    assert left.state == {"approve": "visible", "hold": "held"}.get(action, "removed")


def test_moderators_are_told_that_their_own_words_are_anothers_to_approve(
    desk: Client, comment: dict[str, Any], mo: Caller, dana: Caller
) -> None:
    own = mo.post(COMMENTS, {"body": "Mind your words"}).body
    dana.post(f"v1/comments/{own['id']}/report", {"reason": "rude"})
    act(desk, "approve", own, comment)
    assert b"only another moderator approves it" in desk.get(PAGE).content


def test_an_editor_deletes_a_post_with_its_comments(
    dana: Caller, neighbours: Neighbours, comment: dict[str, Any], alice: Caller
) -> None:
    desk, post_id = logged_in(dana, neighbours), alice.get("v1/posts/first-light").body["id"]
    assert desk.post(f"/admin/posts/post/{post_id}/delete/", {"post": "yes"}).status_code == 302
    assert not Comment.objects.exists()
