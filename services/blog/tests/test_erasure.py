"""What becomes of a user whom auth asks to have erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from blog_service.authors.models import Author
from blog_service.commands import event_service
from blog_service.erased.models import ErasedUser
from blog_service.erasure.models import Erasure
from blog_service.erasure.services import QUEUES, QUIET, erasures_run
from blog_service.erasure.tables import ERASED, NOBODYS
from blog_service.events import HANDLERS
from blog_service.media_refs.models import Asset
from blog_service.posts.models import Post, PostRevision
from blog_service.staff.services import staff_enter
from blog_service.tags.models import Tag
from blog_service.testing import Caller, Neighbours
from blog_service.webhooks.models import Delivery
from chassis.django.idempotency.models import IdempotencyKey
from chassis.events import envelope
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example, published
from chassis.events.topology import queues
from chassis.testing.local_server import LocalServer
from django.db import connection
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

REQUEST = UUID("01900000-0000-7000-8000-0000000000e1")


def hears(type_name: str, **data: Any) -> None:
    """An event of a neighbour arrives, which it has not sent before."""
    told = example(type_name)
    arrived = replace(told, id=uuid7(), data=told.data | {name: str(value) for name, value in data.items()})
    deliver(event_service(), envelope.decode(envelope.encode(arrived)))


def asks(caller: Caller) -> None:
    hears("auth.erasure.execute.v1", user_id=caller.id)


def answers() -> list[Event]:
    return [event for event in published(DjangoDatabase()) if event.type == "blog.erasure.done.v1"]


def everything() -> Iterator[str]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (f"{table}: {row}" for row in cursor.fetchall())


def traces(caller: Caller) -> list[str]:
    names = (caller.username, str(caller.id), caller.id.hex)
    return [row for row in everything() if any(name in row for name in names)]


def test_dead_letters_are_looked_for_on_every_queue() -> None:
    assert {queue.name for queue in queues("blog", HANDLERS)} == set(QUEUES)


def test_every_table_says_what_becomes_of_its_rows(db: None) -> None:
    parts_of_index = {f"search_words_{part}" for part in ("config", "content", "data", "docsize", "idx")}
    there = set(connection.introspection.table_names()) - parts_of_index
    assert there - ERASED.keys() - NOBODYS.keys() == set(), "say in erasure/tables.py what becomes of their rows"
    assert (ERASED.keys() | NOBODYS.keys()) - there <= {"search_words"}, "PostgreSQL needs none"


def test_all_of_the_user_goes_and_the_answer_counts_it(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    for number in range(25):
        alice.writes(f"Post {number}", tags=["alice likes this", "night"], published=True)
    kept = bob.writes("Bob's", tags=["night"], published=True)
    asks(alice)
    erasures_run(now=timezone.now())
    (answer,) = answers()
    assert answer.data["request_id"] == str(REQUEST)
    assert answer.data["counts"]["posts_post"] == 25
    assert answer.data["counts"]["authors_author"] == 1
    assert [post["id"] for post in bob.get("v1/posts").body["results"]] == [kept["id"]]
    assert bob.get("v1/tags").body["results"] == [{"name": "night", "posts_count": 1}]
    assert not Tag.objects.filter(name="alice likes this").exists()
    assert bob.get("v1/posts").body["count"] == 1


def test_others_hear_of_each_post(alice: Caller) -> None:
    post = alice.writes(published=True)
    asks(alice)
    erasures_run(now=timezone.now())
    deleted = [event for event in published(DjangoDatabase()) if event.type == "blog.post.deleted.v1"]
    assert [event.data["post_id"] for event in deleted] == [post["id"]]


def test_no_answer_that_is_kept_for_another_names_them(alice: Caller, bob: Caller) -> None:
    bob.writes()  # blog knows of him
    post = {"title": "Ours", "body": "", "authors": [{"id": str(alice.id)}, {"id": str(bob.id)}]}
    answer = alice.post("v2/posts", post, Idempotency_Key="ours")
    assert str(bob.id) in str(answer.body)
    alice.post("v2/posts", {"title": "Mine", "body": ""}, Idempotency_Key="mine")
    asks(bob)
    erasures_run(now=timezone.now())
    kept = "".join(str(each) for each in IdempotencyKey.objects.values_list("answer", flat=True))
    assert "Mine" in kept
    assert str(bob.id) not in kept
    assert "bob" not in kept
    again = alice.post("v2/posts", post, Idempotency_Key="ours")
    assert (again.status, again.body["code"]) == (409, "answer_forgotten")
    other = alice.post("v2/posts", post | {"body": "more"}, Idempotency_Key="ours")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    assert sorted(Post.objects.values_list("title", flat=True)) == ["Mine", "Ours"]


def test_changes_of_other_peoples_posts_stay_and_are_nobodys(alice: Caller, dana: Caller) -> None:
    post = alice.writes()
    dana.writes("Hers")
    dana.patch(f"v1/posts/{post['slug']}", {"body": "better"})
    asks(dana)
    erasures_run(now=timezone.now())
    revisions = alice.get(f"v2/posts/{post['id']}/revisions").body["items"]
    assert revisions[0]["author"] == {"id": str(UUID(int=0)), "username": None}
    assert Post.objects.get(id=post["id"]).body == "better"
    assert PostRevision.objects.filter(editor_id=alice.id).exists()


def test_a_step_that_was_cut_off_is_taken_again_and_counted_once(
    alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(45):
        alice.writes(f"Post {number}")
    asks(alice)
    erasures_run(now=timezone.now(), seconds=0)
    assert answers() == []

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("as a process that is killed")

    with monkeypatch.context() as cut:
        cut.setattr("blog_service.erasure.services._answer", dies)
        with pytest.raises(RuntimeError):
            erasures_run(now=timezone.now())
    assert answers() == []
    erasures_run(now=timezone.now())
    assert answers()[0].data["counts"]["posts_post"] == 45


def test_asked_again_it_answers_again(alice: Caller) -> None:
    alice.writes()
    asks(alice)
    asks(alice)
    assert answers() == []
    erasures_run(now=timezone.now())
    asks(alice)
    assert [event.sequence for event in answers()] == [1, 2]
    assert answers()[0].data == answers()[1].data


def test_who_has_nothing_here_is_answered_for_too(alice: Caller) -> None:
    asks(alice)
    erasures_run(now=timezone.now())
    assert answers()[0].data["counts"] == {}


def test_nothing_brings_the_user_back(alice: Caller, bob: Caller, neighbours: Neighbours) -> None:
    alice.writes()
    picture = neighbours.has_asset(alice)
    asks(alice)
    erasures_run(now=timezone.now())
    hears("auth.user.registered.v1", user_id=alice.id, username="alice")
    hears("media.asset.ready.v1", owner_id=alice.id, asset_id=picture)
    assert not Author.objects.filter(id=alice.id).exists()
    assert Asset.objects.get(id=picture).owner_id is None
    neighbours.has_account(alice)
    assert bob.get("v1/authors/alice").status == 404
    answer = alice.post("v1/posts", {"title": "Still here", "body": ""})
    assert (answer.status, answer.body["code"]) == (401, "token_revoked")


def test_in_the_end_no_table_knows_the_user(alice: Caller, bob: Caller, dana: Caller, neighbours: Neighbours) -> None:
    dana.writes("By dana", tags=["dana"], images=[{"media": str(neighbours.has_asset(dana))}], published=True)
    dana.post("v2/posts", {"title": "Dana, once"}, Idempotency_Key="dana-once")
    gone = dana.writes("A diary of dana")
    dana.delete(f"v1/posts/{gone['slug']}")
    of_alice = alice.writes("Of alice", published=True)
    slug = of_alice["slug"]
    dana.post(f"v1/posts/{slug}/favourite")
    dana.post("v1/authors/alice/follow")
    alice.post("v1/authors/dana/follow")
    said = dana.post(f"v1/posts/{slug}/comments", {"body": "dana was here"}).body["id"]
    alice.post(f"v1/posts/{slug}/comments", {"body": "Who was it?", "parent": said})
    hers = alice.post(f"v1/posts/{slug}/comments", {"body": "Hello"}).body["id"]
    dana.post(f"v1/comments/{hers}/report", {"reason": "dana does not like it"})
    dana.patch(f"v1/posts/{of_alice['slug']}", {"body": "as it should be"})
    neighbours.has_password(dana, "her password")
    admin = Client()
    admin.post("/admin/login/", {"username": "dana", "password": "her password"})
    staff_enter(dana.id, username="dana", roles=["editor"], sequence=1)
    assert len({row.partition(":")[0] for row in traces(dana)}) >= 8

    asks(dana)
    erasures_run(now=timezone.now())
    hears("auth.erasure.completed.v1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET published_at = created_at")
    erasures_run(now=timezone.now())
    assert traces(dana), "events may still be on their way"
    erasures_run(now=timezone.now() + QUIET + timedelta(seconds=1))
    assert traces(dana) == []
    assert Erasure.objects.get().user_id is None
    assert ErasedUser.objects.count() == 1
    post = alice.get(f"v1/posts/{slug}").body
    assert (post["body"], post["favourites_count"], post["comments_count"]) == ("as it should be", 0, 2)
    shown = alice.get(f"v1/posts/{slug}/comments").body["results"]
    assert [comment["author"] and comment["author"]["username"] for comment in shown] == [None, "alice", "alice"]
    assert alice.get("v1/authors/alice").body["followers_count"] == 0


def test_no_webhook_of_others_is_left_with_word_of_the_user(
    alice: Caller, bob: Caller, admin: Caller, receiver: LocalServer
) -> None:
    for who, heard in ((admin, "blog.post.deleted.v1"), (bob, "blog.post.updated.v1")):
        assert who.post("v2/webhooks", {"url": f"{receiver.url}/in", "events": [heard]}).status == 201
    alice.writes(published=True)
    shared = bob.writes("By two", published=True)
    both = {"authors": [{"id": str(bob.id)}, {"id": str(alice.id)}]}
    assert bob.patch(f"v2/posts/{shared['id']}", both, If_Match="*").status == 200
    assert alice.put(f"v2/posts/{shared['id']}/authorship").status == 204
    asks(alice)
    erasures_run(now=timezone.now())
    for event in published(DjangoDatabase()):
        if event.type.startswith("blog.post."):
            deliver(event_service(), event)
    told = Delivery.objects.filter(body__contains=str(alice.id)).order_by("type").values_list("type", flat=True)
    assert set(told) == {"blog.post.deleted.v1", "blog.post.updated.v1"}, "that the posts are gone is to be known"
    hears("auth.erasure.completed.v1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET published_at = created_at")
    erasures_run(now=timezone.now() + QUIET + timedelta(seconds=1))
    assert traces(alice) == []


def test_it_is_not_forgotten_whose_while_an_event_waits_to_be_published(alice: Caller) -> None:
    alice.writes()
    asks(alice)
    erasures_run(now=timezone.now())
    hears("auth.erasure.completed.v1")
    erasures_run(now=timezone.now() + QUIET + timedelta(seconds=1))
    assert Erasure.objects.get().user_id == alice.id


def test_a_slug_of_somebody_who_was_erased_is_never_anothers(alice: Caller, bob: Caller) -> None:
    alice.writes("First light")
    asks(alice)
    erasures_run(now=timezone.now())
    assert bob.writes("First light")["slug"] == "first-light-2"
