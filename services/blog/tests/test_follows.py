"""Following authors: who does, how many do, and who is told."""

from dataclasses import replace

import pytest
from blog_service.authors.models import Author
from blog_service.commands import event_service
from blog_service.counts_audit import wrong_counts
from blog_service.follows import services as follows
from blog_service.follows.models import Follow
from blog_service.follows.services import follows_erase
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from uuid_utils.compat import uuid7

ALICE = "v1/authors/alice"


@pytest.fixture(autouse=True)
def _alice_is_known(alice: Caller, neighbours: Neighbours) -> None:
    neighbours.has_account(alice, "writes")


def suspend(who: Caller, neighbours: Neighbours) -> None:
    event = example("auth.user.suspended.v1")
    data = event.data | {"user_id": str(who.id)}
    deliver(event_service(), replace(event, id=uuid7(), sequence=9, partition_key=str(who.id), data=data))


def test_a_follower_sees_that_they_follow_and_all_see_how_many_do(bob: Caller, charlie: Caller, dana: Caller) -> None:
    answer = bob.post(f"{ALICE}/follow")
    assert (answer.status, answer.body["username"], answer.body["bio"]) == (200, "alice", "writes")
    for person, following in ((bob, True), (dana, False), (charlie, False)):
        profile = person.get(ALICE).body
        assert (profile["following"], profile["followers_count"]) == (following, 1)


def test_one_follows_once_however_often_they_say_so(alice: Caller, bob: Caller, dana: Caller) -> None:
    for _ in range(2):
        assert bob.post(f"{ALICE}/follow").body["followers_count"] == 1
    assert dana.post(f"{ALICE}/follow").body["followers_count"] == 2
    for _ in range(2):
        answer = bob.delete(f"{ALICE}/follow").body
        assert (answer["followers_count"], answer["following"]) == (1, False)
    told = [event for event in published(DjangoDatabase()) if event.type == "blog.follow.changed.v1"]
    assert [(event.data["followers_count"], event.sequence, event.actor) for event in told] == [
        (1, 1, None),
        (2, 2, None),
        (1, 3, None),
    ]
    assert {event.data["author_id"] for event in told} == {str(alice.id)}


def test_version_2_says_the_same(alice: Caller, bob: Caller, charlie: Caller) -> None:
    found = charlie.get("v2/authors/by-username/alice")
    assert found.body == {
        "id": str(alice.id),
        "username": "alice",
        "bio": "writes",
        "avatar": None,
        "posts_count": 0,
        "followers_count": 0,
        "following": False,
        "links": {"self": f"https://news.example.org/api/v2/authors/{alice.id}"},
    }
    path = f"v2/authors/{alice.id}"
    for _ in range(2):
        assert bob.put(f"{path}/follow").status == 204
    assert bob.get(path).body == found.body | {"followers_count": 1, "following": True}
    for _ in range(2):
        assert bob.delete(f"{path}/follow").status == 204
    assert charlie.get(path).body == found.body


def test_nobody_follows_themselves(alice: Caller) -> None:
    alice.writes()
    for answer in (alice.post(f"{ALICE}/follow"), alice.put(f"v2/authors/{alice.id}/follow")):
        assert (answer.status, answer.body["code"]) == (409, "follow_self")


def test_nobody_follows_without_end(bob: Caller, dana: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "MOST", 1)
    dana.writes()
    assert bob.post(f"{ALICE}/follow").status == 200
    answer = bob.post("v1/authors/dana/follow")
    assert (answer.status, answer.body["code"]) == (409, "follows_too_many")
    assert bob.post(f"{ALICE}/follow").status == 200


def test_there_must_be_somebody_to_follow(bob: Caller) -> None:
    for answer in (
        bob.post("v1/authors/nobody/follow"),
        bob.delete("v1/authors/nobody/follow"),
        bob.put(f"v2/authors/{uuid7()}/follow"),
        bob.delete(f"v2/authors/{uuid7()}/follow"),
        bob.get(f"v2/authors/{uuid7()}"),
    ):
        assert (answer.status, answer.body["code"]) == (404, "author_not_found")


def test_who_only_reads_follows_too_and_a_stranger_does_not(bob: Caller, charlie: Caller) -> None:
    bob.roles = ("reader",)
    assert bob.post(f"{ALICE}/follow").status == 200
    assert charlie.post(f"{ALICE}/follow").body["code"] == "token_missing"


def test_a_suspended_author_is_followed_by_nobody_new_and_can_be_left(
    alice: Caller, bob: Caller, dana: Caller, neighbours: Neighbours
) -> None:
    bob.post(f"{ALICE}/follow")
    dana.post(f"{ALICE}/follow")
    suspend(alice, neighbours)
    for answer in (
        bob.post(f"{ALICE}/follow"),
        bob.put(f"v2/authors/{alice.id}/follow"),
        bob.get(f"v2/authors/{alice.id}"),
        bob.get("v2/authors/by-username/alice"),
    ):
        assert (answer.status, answer.body["code"]) == (404, "author_not_found")
    assert bob.delete(f"{ALICE}/follow").body["followers_count"] == 1
    assert dana.delete(f"v2/authors/{alice.id}/follow").status == 204
    assert not Follow.objects.exists()


def test_an_erased_user_follows_nobody_and_is_followed_by_nobody(alice: Caller, bob: Caller, dana: Caller) -> None:
    bob.writes()
    dana.post(f"{ALICE}/follow")
    dana.post("v1/authors/bob/follow")
    bob.post(f"{ALICE}/follow")
    assert [follows_erase(bob.id) for _ in range(2)] == [2, 0]
    assert list(Follow.objects.values_list("follower_id", "author_id")) == [(dana.id, alice.id)]
    assert dict(Author.objects.values_list("username", "followers_count")) == {"alice": 1, "bob": 0}
    assert list(wrong_counts(repair=False)) == []


def test_caches_forget_a_profile_with_its_author(alice: Caller, charlie: Caller) -> None:
    for path in (ALICE, f"v2/authors/{alice.id}", "v2/authors/by-username/alice"):
        assert charlie.get(path).headers["Surrogate-Key"] == str(alice.id)
