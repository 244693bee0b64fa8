"""The read copy of authors: from tokens, from events, and by asking auth."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from blog_service.authors.models import Author
from blog_service.authors.services import authors_compare
from blog_service.authors.snapshot import authors_snapshot
from blog_service.commands import event_service
from blog_service.staff.services import staff_enter
from blog_service.testing import Caller, Neighbours
from blog_service.webhooks.models import Webhook
from chassis.django.settings import cache
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example
from chassis.testing.local_server import LocalServer
from django.contrib.auth.models import User
from pytest_django import Settings
from uuid_utils.compat import uuid7

AVATAR = "01900000-0000-7000-8000-0000000000c1"


def told(type_name: str, caller: Caller, *, sequence: int, **data: Any) -> Event:
    """An event about a caller, like the committed example."""
    event = example(type_name)
    changed = event.data | {"user_id": str(caller.id), "username": caller.username} | data
    return replace(event, id=uuid7(), sequence=sequence, partition_key=str(caller.id), data=changed)


def test_an_author_has_the_agreed_shape(alice: Caller, charlie: Caller) -> None:
    alice.writes("a", published=True)
    alice.writes("b")
    answer = charlie.get("v1/authors/Alice")
    assert answer.body == {
        "id": str(alice.id),
        "username": "alice",
        "bio": "",
        "avatar": None,
        "url": "https://news.example.org/api/v1/authors/alice",
        "posts_count": 1,
        "followers_count": 0,
        "following": False,
    }


def test_a_new_user_can_write_at_once_with_nothing_heard_of_them(alice: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    assert alice.writes()["author"]["username"] == "alice"


@pytest.mark.parametrize("type_name", ["auth.user.registered.v1", "auth.profile.updated.v1"])
def test_the_committed_examples_make_an_author(db: None, type_name: str) -> None:
    event = example(type_name)
    deliver(event_service(), event)
    author = Author.objects.get(id=UUID(event.data["user_id"]))
    assert (author.username, author.bio) == (event.data["username"], event.data["bio"])


def test_all_accounts_of_auth_fill_an_empty_read_copy(db: None, neighbours: Neighbours) -> None:
    neighbours.page_size = 2
    roles = {"alice": ("author",), "bob": ("reader",), "dana": ("author", "editor")}
    for name, held in roles.items():
        neighbours.has_account(Caller(name, roles=held), f"I am {name}.", sequence=4)
    for event in authors_snapshot():
        deliver(event_service(), event)
    filled = Author.objects.order_by("username").values_list("username", "bio", "sequence", "may_write", "may_edit")
    assert list(filled) == [
        ("alice", "I am alice.", 4, True, False),
        ("bob", "I am bob.", 4, False, False),
        ("dana", "I am dana.", 4, True, True),
    ]
    assert len(neighbours.calls) == 3


def test_a_page_that_auth_told_before_a_role_was_taken_gives_none_back(
    admin: Caller, receiver: LocalServer, neighbours: Neighbours
) -> None:
    admin.writes()
    webhook = admin.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": ["blog.post.published.v1"]}).body
    staff_enter(admin.id, username=admin.username, roles=admin.roles, sequence=1)
    deliver(event_service(), told("auth.role.changed.v1", admin, sequence=7, roles=["author"]))
    neighbours.has_account(admin, sequence=6)
    for event in authors_snapshot():
        deliver(event_service(), event)
    staff = User.objects.get(username=str(admin.id))
    assert (staff.is_staff, staff.is_superuser, staff.groups.exists()) == (False, False, False)
    assert not Webhook.objects.get(id=webhook["id"]).hears_all
    assert Author.objects.get().roles_sequence == 7


@pytest.mark.parametrize("told_late", [["author"], ["author", "admin"]])
def test_what_follows_from_a_lost_role_is_done_though_a_comparison_knew_of_it_first(
    admin: Caller, receiver: LocalServer, neighbours: Neighbours, told_late: list[str]
) -> None:
    webhook = admin.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": ["blog.post.published.v1"]}).body
    staff_enter(admin.id, username=admin.username, roles=admin.roles, sequence=1)
    admin.roles = ("author",)
    neighbours.has_account(admin, sequence=6)
    authors_compare([admin.id])
    deliver(event_service(), told("auth.role.changed.v1", admin, sequence=5, roles=told_late))
    staff = User.objects.get(username=str(admin.id))
    assert (staff.is_staff, staff.is_superuser, staff.groups.exists()) == (False, False, False)
    assert not Webhook.objects.get(id=webhook["id"]).hears_all


def test_a_profile_that_changes_shows_on_posts(alice: Caller) -> None:
    alice.writes()
    event = told("auth.profile.updated.v1", alice, sequence=2, bio="Walks.", username="alicia", avatar=AVATAR)
    deliver(event_service(), event)
    author = alice.get("v1/posts/first-light").body["author"]
    assert author == {
        "id": str(alice.id),
        "username": "alicia",
        "bio": "Walks.",
        "avatar": f"https://news.example.org/m/{AVATAR}/thumb",
        "url": "https://news.example.org/api/v1/authors/alicia",
    }


def test_older_news_changes_nothing(alice: Caller) -> None:
    alice.writes()
    deliver(event_service(), told("auth.profile.updated.v1", alice, sequence=3, bio="new"))
    deliver(event_service(), told("auth.user.registered.v1", alice, sequence=1, bio="old"))
    assert Author.objects.get().bio == "new"


def test_whoever_registered_is_an_author_before_any_event(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    neighbours.has_account(alice, "Walks.")
    assert charlie.get("v1/authors/alice").body["bio"] == "Walks."
    assert charlie.get("v1/authors/alice").status == 200
    assert len(neighbours.calls) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/api/v1/authors/alice", "/api/v1/authors/alicia"),
        ("/api/v2/authors/by-username/alice", "/api/v2/authors/by-username/alicia"),
        ("/authors/alice", "/authors/alicia"),
    ],
)
def test_a_former_name_leads_to_the_present_one(
    alice: Caller, charlie: Caller, neighbours: Neighbours, before: str, after: str
) -> None:
    alice.writes()
    neighbours.has_account(alice)
    neighbours.renames(alice, "alicia")
    deliver(event_service(), told("auth.profile.updated.v1", alice, sequence=2, username="alicia"))
    answers = [charlie.get(before) for _ in range(2)]
    assert {answer.status for answer in answers} == {308}
    assert answers[0].headers["Location"] == f"https://news.example.org{after}"
    assert answers[0].headers["Surrogate-Key"] == str(alice.id)
    assert "s-maxage" in answers[0].headers["Cache-Control"]
    assert len(neighbours.calls) == 1
    assert charlie.get(after).status == 200


def test_posts_are_found_by_a_former_name_too(alice: Caller, charlie: Caller, neighbours: Neighbours) -> None:
    alice.writes(published=True)
    neighbours.has_account(alice)
    neighbours.renames(alice, "alicia")
    deliver(event_service(), told("auth.profile.updated.v1", alice, sequence=2, username="alicia"))
    for name in ("alice", "ALICIA"):
        assert charlie.get(f"v1/posts?author={name}").body["count"] == 1
        assert len(charlie.get(f"v2/posts?author={name}").body["items"]) == 1
        assert charlie.get(f"/realworld/api/articles?author={name}").body["articlesCount"] == 1
    for feed in ("rss.xml", "atom.xml", "feed.json"):
        answer = charlie.get(f"/{feed}?author=alice&full=true")
        assert answer.status == 308
        assert answer.headers["Location"] == f"https://news.example.org/{feed}?author=alicia&full=true"
        assert answer.headers["Surrogate-Key"] == str(alice.id)
        assert charlie.get(f"/{feed}?author=Alicia").status == 200


def test_who_is_called_by_a_former_name_is_who_has_it_now(
    alice: Caller, bob: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    for caller in (alice, bob):
        caller.writes()
    neighbours.has_account(alice)
    neighbours.renames(alice, "bob")
    assert charlie.get("v1/authors/bob").body["id"] == str(bob.id)


def test_a_former_name_of_a_suspended_author_leads_nowhere(
    alice: Caller, charlie: Caller, neighbours: Neighbours
) -> None:
    alice.writes()
    neighbours.has_account(alice)
    neighbours.renames(alice, "alicia")
    Author.objects.update(suspended=True, username="alicia")
    assert charlie.get("v1/authors/alice").status == 404


def test_who_had_another_name_can_be_followed_by_it(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    alice.writes()
    neighbours.has_account(alice)
    neighbours.renames(alice, "alicia")
    Author.objects.update(username="alicia")
    answer = bob.post("v1/authors/alice/follow")
    assert (answer.body["username"], answer.body["following"]) == ("alicia", True)


def test_an_author_nobody_knows_is_404_and_auth_is_not_asked_again_soon(
    charlie: Caller, neighbours: Neighbours
) -> None:
    assert [charlie.get("v1/authors/nobody").status for _ in range(3)] == [404, 404, 404]
    assert len(neighbours.calls) == 1


def test_what_can_be_no_username_is_404_without_asking(charlie: Caller, neighbours: Neighbours) -> None:
    assert [charlie.get(f"v1/authors/{name}").status for name in ("%00", "a%2C", "x" * 200)] == [404, 404, 404]
    assert neighbours.calls == []


def test_while_auth_is_away_nobody_can_tell(charlie: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    answer = charlie.get("v1/authors/alice")
    assert (answer.status, answer.body["code"]) == (503, "auth_unavailable")
    assert answer.headers["Retry-After"]


def test_a_list_by_an_unknown_name_is_empty_while_auth_is_away(charlie: Caller, neighbours: Neighbours) -> None:
    neighbours.away = True
    assert charlie.get("v1/posts?author=alice").body["results"] == []
    assert charlie.get("v2/posts?author=alice").body["items"] == []
    assert charlie.get("v1/rss.xml?author=alice").status == 503, "to a reader of feeds 404 would say for good"


def test_an_author_can_be_asked_for_while_the_cache_is_away(
    charlie: Caller, settings: Settings, neighbours: Neighbours
) -> None:
    settings.CACHES = {"default": cache("redis://127.0.0.1:9")}
    for _ in range(2):
        assert charlie.get("v1/authors/nobody").status == 404
    neighbours.away = True
    assert charlie.get("v1/authors/nobody").status == 503  # for nothing is remembered
