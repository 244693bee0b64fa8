"""Favourites: whose they are, how many a post has, and who is told."""

import pytest
from blog_service.favourites import services as favourites
from blog_service.favourites.models import Favourite
from blog_service.favourites.services import favourites_erase
from blog_service.testing import Caller
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

FAVOURITE = "v1/posts/first-light/favourite"


def counts_told() -> list[tuple[int, int]]:
    """How many favourites the events tell of, with their places."""
    events = [event for event in published(DjangoDatabase()) if event.type == "blog.favourite.changed.v1"]
    assert all(event.actor is None for event in events)
    return [(event.data["favourites_count"], event.sequence) for event in events]


def test_a_favourite_is_shown_to_its_reader_and_counted_for_all(alice: Caller, bob: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    answer = bob.post(FAVOURITE)
    assert (answer.status, answer.body["favourited"], answer.body["favourites_count"]) == (200, True, 1)
    for person, favourited in ((bob, True), (alice, False), (charlie, False)):
        for post in (person.get("v1/posts/first-light").body, person.get("v1/posts").body["results"][0]):
            assert (post["favourited"], post["favourites_count"]) == (favourited, 1)


def test_a_favourite_is_one_however_often_it_is_said(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    for _ in range(2):
        assert bob.post(FAVOURITE).body["favourites_count"] == 1
    assert alice.post(FAVOURITE).body["favourites_count"] == 2
    for _ in range(2):
        assert bob.delete(FAVOURITE).body["favourites_count"] == 1
    assert counts_told() == [(1, 1), (2, 2), (1, 3)]


def test_version_2_says_the_same(alice: Caller, bob: Caller, charlie: Caller) -> None:
    path = f"v2/posts/{alice.writes(published=True)['id']}"
    before = charlie.get(path).headers["ETag"]
    for _ in range(2):
        assert bob.put(f"{path}/favourite").status == 204
    for post in (bob.get(path).body, bob.get("v2/posts").body["items"][0]):
        assert (post["favourited"], post["counts"]["favourites"]) == (True, 1)
    after = charlie.get(path)
    assert (after.body["favourited"], after.headers["ETag"] != before) == (False, True)
    for _ in range(2):
        assert bob.delete(f"{path}/favourite").status == 204
    assert bob.get(path).body["counts"]["favourites"] == 0


def test_a_favourite_is_no_change_of_the_post(alice: Caller, bob: Caller) -> None:
    post_id = alice.writes(published=True)["id"]
    etag = alice.get(f"v2/posts/{post_id}").headers["ETag"]
    assert bob.put(f"v2/posts/{post_id}/favourite").status == 204
    assert alice.patch(f"v2/posts/{post_id}", {"title": "Dawn"}, If_Match=etag).status == 200


def test_a_post_is_a_favourite_under_any_slug_it_had(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    alice.patch("v1/posts/first-light", {"title": "Dawn"})
    assert bob.post(FAVOURITE).body["slug"] == "dawn"


@pytest.mark.parametrize("path", ["v1/posts/nothing/favourite", f"v2/posts/{uuid7()}/favourite"])
def test_what_is_not_there_is_nobodys_favourite(bob: Caller, path: str) -> None:
    verb = "POST" if path.startswith("v1") else "PUT"
    for method in (verb, "DELETE"):
        answer = bob.call(method, path)
        assert (answer.status, answer.body["code"]) == (404, "post_not_found")


def test_a_draft_is_not_there_for_strangers(alice: Caller, bob: Caller) -> None:
    post_id = alice.writes()["id"]
    assert bob.post(FAVOURITE).status == bob.put(f"v2/posts/{post_id}/favourite").status == 404
    assert not Favourite.objects.exists()


def test_who_only_reads_has_favourites_too(alice: Caller, bob: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    bob.roles = ("reader",)
    assert bob.post(FAVOURITE).status == 200
    assert charlie.post(FAVOURITE).body["code"] == "token_missing"


def test_a_deleted_post_takes_its_favourites_along(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    bob.post(FAVOURITE)
    assert alice.delete("v1/posts/first-light").status == 204
    assert not Favourite.objects.exists()


def test_an_erased_reader_leaves_no_favourites_and_right_counts(
    alice: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("a", "b", "c"):
        alice.writes(title, published=True)
        bob.post(f"v1/posts/{title}/favourite")
    alice.post("v1/posts/a/favourite")
    monkeypatch.setattr(favourites, "AT_ONCE", 2)
    assert [favourites_erase(bob.id) for _ in range(3)] == [2, 1, 0]
    assert not Favourite.objects.filter(user_id=bob.id).exists()
    assert {post["slug"]: post["favourites_count"] for post in alice.get("v1/posts").body["results"]} == {
        "a": 1,
        "b": 0,
        "c": 0,
    }


@pytest.mark.parametrize("path", ["v1/posts?page_size=100", "v2/posts?limit=100"])
def test_favourites_cost_no_query_however_many_posts_there_are(
    alice: Caller, bob: Caller, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    alice.writes("p", published=True)
    with django_assert_num_queries(3 if path.startswith("v1") else 2):  # a count in version 1; posts; images
        assert bob.get(path).status == 200
    for number in range(49):
        alice.writes(f"p{number}", published=True)
        bob.post(f"v1/posts/p{number}/favourite")
    with django_assert_num_queries(3 if path.startswith("v1") else 2):
        assert bob.get(path).status == 200
