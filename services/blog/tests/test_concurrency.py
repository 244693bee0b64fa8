"""Writers and events at the same moment, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from blog_service.authors.models import Author
from blog_service.commands import event_service
from blog_service.comments import limits
from blog_service.comments.models import Comment
from blog_service.counters.selectors import published_total
from blog_service.counts_audit import wrong_counts
from blog_service.favourites.models import Favourite
from blog_service.settings import settings
from blog_service.tags.models import Tag
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from chassis.testing import TokenMint
from django.db import connection
from uuid_utils.compat import uuid7

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_equal_titles_at_once_get_slugs_of_their_own(alice: Caller, bob: Caller) -> None:
    people = (alice, bob) * 3
    slugs = at_once(*[lambda person=person: person.writes()["slug"] for person in people])
    assert len(set(slugs)) == 6


def test_new_tags_at_once_are_made_once(alice: Caller, bob: Caller) -> None:
    words = [["a", "b", "c"], ["c", "b", "a"]]
    at_once(
        *[
            lambda index=index: (alice, bob)[index].writes(f"p{index}", tags=words[index], published=True)
            for index in range(2)
        ]
    )
    assert dict(Tag.objects.values_list("name", "posts_count")) == {"a": 2, "b": 2, "c": 2}


def test_counts_hold_when_many_publish_at_once(alice: Caller, bob: Caller) -> None:
    people = (alice, bob) * 2
    for index, person in enumerate(people):
        person.writes(f"p{index}", tags=[f"t{index % 3}", "t0", "t1"])
    for verb, expected in (("publish", 4), ("unpublish", 0)):
        answers = at_once(
            *[
                lambda index=index, person=person, verb=verb: person.post(f"v1/posts/p{index}/{verb}")
                for index, person in enumerate(people)
            ]
        )
        assert {answer.status for answer in answers} == {200}
        assert published_total() == sum(Author.objects.values_list("posts_count", flat=True)) == expected


@pytest.mark.parametrize("attempt", range(5))
def test_a_picture_that_is_ready_while_its_post_is_published_is_not_missed(
    alice: Caller, neighbours: Neighbours, attempt: int
) -> None:
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes(images=[{"media": str(media)}])
    event = example("media.asset.ready.v1")
    data = event.data | {"asset_id": str(media), "owner_id": str(alice.id)}
    ready = replace(event, id=uuid7(), sequence=2, partition_key=str(media), data=data)
    answer, _ = at_once(lambda: alice.post("v1/posts/first-light/publish"), lambda: deliver(event_service(), ready))
    assert answer.status in {200, 202}
    assert alice.get("v1/posts/first-light").body["published"]


def test_one_post_changed_at_once_counts_every_change(alice: Caller) -> None:
    alice.writes()
    changes = [{"body": f"text {number}"} for number in range(6)]
    answers = at_once(*[lambda change=change: alice.patch("v1/posts/first-light", change) for change in changes])
    assert {answer.status for answer in answers} == {200}
    assert alice.get("v1/posts/first-light").body["version"] == 7


def test_of_two_posts_accepted_at_once_the_second_may_be_one_too_many(
    alice: Caller, bob: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blog_service.posts.services.authors.MOST", 1)
    Author.objects.create(id=bob.id, username="bob")
    posts = [alice.writes()["id"] for _ in range(3)]
    authors = [{"id": str(each.id)} for each in (alice, bob)]
    for post_id in posts:
        assert alice.patch(f"v2/posts/{post_id}", {"authors": authors}, If_Match="*").status == 200
    answers = at_once(*[lambda post_id=post_id: bob.put(f"v2/posts/{post_id}/authorship") for post_id in posts])
    assert sorted(answer.status for answer in answers) == [204, 409, 409]


def test_favourites_at_once_are_counted_once_each(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    path = "v1/posts/first-light/favourite"
    answers = at_once(*[lambda person=person: person.post(path) for person in (alice, bob) * 4])
    assert {answer.status for answer in answers} == {200}
    assert alice.get("v1/posts/first-light").body["favourites_count"] == 2
    answers = at_once(*[lambda person=person: person.delete(path) for person in (alice, bob) * 4])
    assert {answer.status for answer in answers} == {200}
    assert alice.get("v1/posts/first-light").body["favourites_count"] == 0
    assert list(wrong_counts(repair=False)) == []


def test_a_post_deleted_while_readers_favour_it_is_gone(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    answers = at_once(
        lambda: alice.delete("v1/posts/first-light"),
        *[lambda person=person: person.post("v1/posts/first-light/favourite") for person in (alice, bob) * 2],
    )
    assert answers[0].status == 204
    assert {answer.status for answer in answers[1:]} <= {200, 404}
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("attempt", range(5))
def test_who_follows_while_a_post_is_published_has_it_in_their_feed(alice: Caller, bob: Caller, attempt: int) -> None:
    alice.writes()
    answers = at_once(
        lambda: alice.post("v1/posts/first-light/publish"),
        *[lambda: bob.post("v1/authors/alice/follow") for _ in range(3)],
    )
    assert {answer.status for answer in answers} == {200}
    assert [post["slug"] for post in bob.get("v1/feed").body["results"]] == ["first-light"]
    assert bob.get("v1/authors/alice").body["followers_count"] == 1


@pytest.mark.parametrize("attempt", range(5))
def test_who_leaves_while_a_post_is_published_has_it_not(alice: Caller, bob: Caller, attempt: int) -> None:
    alice.writes()
    bob.post("v1/authors/alice/follow")
    answers = at_once(lambda: alice.post("v1/posts/first-light/publish"), lambda: bob.delete("v1/authors/alice/follow"))
    assert {answer.status for answer in answers} == {200}
    assert bob.get("v1/feed").body["results"] == []


def test_what_is_said_at_once_does_not_pass_the_limit(
    alice: Caller, bob: Caller, dana: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under different posts and of different comments: those of one wait for each other anyway."""
    few = settings().model_copy(update={"comments_per_hour": 1, "comment_reports_per_hour": 1})
    slugs = [alice.writes(published=True)["slug"] for _ in range(2)]
    said = [alice.post(f"v1/posts/{slug}/comments", {"body": "x"}).body["id"] for slug in slugs]
    bob.writes()
    dana.writes()
    monkeypatch.setattr(limits, "settings", lambda: few)
    comments = at_once(*[lambda slug=slug: bob.post(f"v1/posts/{slug}/comments", {"body": "x"}) for slug in slugs])
    reports = at_once(*[lambda each=each: dana.post(f"v1/comments/{each}/report", {"reason": "x"}) for each in said])
    assert sorted(answer.status for answer in comments) == [201, 429]
    assert sorted(answer.status for answer in reports) == [202, 429]


def test_comments_at_once_are_counted_each(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    path = "v1/posts/first-light/comments"
    answers = at_once(*[lambda person=person: person.post(path, {"body": "x"}) for person in (alice, bob) * 3])
    assert {answer.status for answer in answers} == {201}
    ids = [answer.body["id"] for answer in answers]
    removals = at_once(*[lambda key=key: alice.delete(f"v1/comments/{key}") for key in ids[:3] * 2])
    assert {answer.status for answer in removals} <= {204, 404}
    assert alice.get("v1/posts/first-light").body["comments_count"] == 3
    assert list(wrong_counts(repair=False)) == []


@pytest.mark.parametrize("attempt", range(3))
def test_decisions_at_once_are_told_in_turns(alice: Caller, bob: Caller, mint: TokenMint, attempt: int) -> None:
    mo = Caller("mo", mint, roles=("moderator",))
    alice.writes(published=True)
    comment = bob.post("v1/posts/first-light/comments", {"body": f"attempt {attempt}"}).body
    path = f"v2/comments/{comment['id']}"
    answers = at_once(
        lambda: bob.delete(path),
        *[lambda: alice.post(f"{path}/approve")] * 2,
        *[lambda: mo.post(f"{path}/reject")] * 2,
    )
    assert {answer.status for answer in answers} <= {200, 204, 403, 404}
    told = sorted((e for e in published(DjangoDatabase()) if comment["id"] in e.subject), key=lambda e: e.sequence)
    happened = [event.type.split(".")[2] for event in told]
    assert happened == (["created", "deleted"] * len(happened))[: len(happened)]
    assert happened[-1] == "deleted"
    assert list(wrong_counts(repair=False)) == []


def test_a_post_deleted_while_readers_comment_is_gone(alice: Caller, bob: Caller) -> None:
    alice.writes(published=True)
    comment = bob.post("v1/posts/first-light/comments", {"body": "x"}).body
    answers = at_once(
        lambda: alice.delete("v1/posts/first-light"),
        lambda: bob.post("v1/posts/first-light/comments", {"body": "y"}),
        lambda: bob.patch(f"v1/comments/{comment['id']}", {"body": "z"}),
        lambda: bob.delete(f"v1/comments/{comment['id']}"),
    )
    assert answers[0].status == 204
    assert {answer.status for answer in answers[1:]} <= {200, 201, 204, 404}
    assert not Comment.objects.exists()
