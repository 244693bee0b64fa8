"""What became of public posts, for those who keep a copy of them."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from blog_service.changes.models import Numbering, PostChange
from blog_service.posts.models import Post
from blog_service.posts.tasks import GONE_KEPT, changes_reconcile, forget_changes
from blog_service.posts.v2 import changes
from blog_service.testing import Caller
from django.db import connection, transaction
from django.utils import timezone


def ask(who: Caller, after: str | None = None, limit: int = 20) -> dict[str, Any]:
    answer = who.get(f"v2/changes?limit={limit}" + (f"&after={after}" if after else ""))
    assert answer.status == 200, answer
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.body  # type: ignore[no-any-return]


def told(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["op"], item["id"]) for item in body["items"]]


def test_a_reader_hears_of_each_change_in_its_order(alice: Caller, charlie: Caller) -> None:
    one, two = alice.writes("One", published=True), alice.writes("Two", published=True)
    first = ask(charlie)
    assert told(first) == [("upsert", one["id"]), ("upsert", two["id"])]
    assert (first["has_more"], first["items"][0]["post"]["title"]) == (False, "One")
    assert first["items"][0]["post"] == charlie.get(f"v2/posts/{one['id']}").body
    alice.patch("v1/posts/one", {"body": "new"})
    second = ask(charlie, first["next_cursor"])
    assert told(second) == [("upsert", one["id"])]
    assert (second["items"][0]["version"], second["items"][0]["post"]["body"]) == (2, "new")
    assert told(ask(charlie, second["next_cursor"])) == []
    assert ask(charlie, second["next_cursor"])["next_cursor"] == second["next_cursor"]


def test_pages_hold_all_of_it(alice: Caller, charlie: Caller) -> None:
    ids = [alice.writes(f"t{number}", published=True)["id"] for number in range(5)]
    seen: list[str] = []
    after, more = None, True
    while more:
        page = ask(charlie, after, limit=2)
        seen += [item["id"] for item in page["items"]]
        after, more = page["next_cursor"], page["has_more"]
    assert seen == ids


def test_what_is_public_no_more_is_told_without_a_word_of_it(alice: Caller, charlie: Caller) -> None:
    gone, hidden, archived = (alice.writes(title, published=True)["id"] for title in ("Gone", "Hidden", "Archived"))
    start = ask(charlie)["next_cursor"]
    alice.delete("v1/posts/gone")
    alice.post("v1/posts/hidden/unpublish")
    alice.post(f"v2/posts/{archived}/transitions", {"to": "archived"})
    alice.patch("v1/posts/hidden", {"title": "Secret"})
    body = ask(charlie, start)
    assert told(body) == [("delete", gone), ("delete", hidden), ("delete", archived)]
    assert [item["post"] for item in body["items"]] == [None] * 3
    alice.post("v1/posts/secret/publish")
    assert told(ask(charlie, body["next_cursor"])) == [("upsert", hidden)]


def test_what_never_was_public_is_not_told_of(alice: Caller, charlie: Caller) -> None:
    alice.writes("Draft")
    alice.patch("v1/posts/draft", {"body": "x"})
    alice.delete("v1/posts/draft")
    assert ask(charlie)["items"] == []
    assert not PostChange.objects.exists()


def test_a_post_that_is_being_hidden_is_not_shown(alice: Caller, charlie: Caller) -> None:
    post = alice.writes(published=True)
    ask(charlie)
    Post.objects.update(status="draft", published_at=None)  # written, and not noted
    assert told(ask(charlie)) == [("delete", post["id"])]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_not_skipped(alice: Caller, charlie: Caller) -> None:
    slow, quick = alice.writes("Slow", published=True), alice.writes("Quick", published=True)
    start = ask(charlie)["next_cursor"]
    is_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            alice.patch("v1/posts/slow", {"body": "late"})
            is_written.set()
            may_commit.wait(30)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    is_written.wait(30)
    if connection.vendor == "postgresql":  # on SQLite one writes at a time
        alice.patch("v1/posts/quick", {"body": "soon"})
    first = ask(charlie, start)
    may_commit.set()
    writer.join()
    assert told(first) == ([("upsert", quick["id"])] if connection.vendor == "postgresql" else [])
    assert told(ask(charlie, first["next_cursor"])) == [("upsert", slow["id"])]


def test_a_long_answer_is_cut(alice: Caller, charlie: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [alice.writes(f"t{number}", body="x" * 100, published=True)["id"] for number in range(3)]
    monkeypatch.setattr(changes, "MOST_CHARACTERS", 250)
    first = ask(charlie)
    assert (told(first), first["has_more"]) == ([("upsert", ids[0])], True)
    assert told(ask(charlie, first["next_cursor"])) == [("upsert", ids[1])]


@pytest.mark.parametrize("cursor", ["x", "%00", "Y2hhbmdlIC0x", "Y2hhbmdlIDAx", "é", "a" * 41])
def test_a_made_up_cursor_is_refused(charlie: Caller, db: None, cursor: str) -> None:
    answer = charlie.get(f"v2/changes?after={cursor}")
    assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")
    assert charlie.get("v2/changes?limit=0").body["code"] == "filter_invalid"
    assert charlie.get("v2/changes?before=x").body["code"] == "filter_unknown"


def test_who_comes_back_too_late_begins_anew(alice: Caller, charlie: Caller) -> None:
    alice.writes("Old", published=True)
    old = ask(charlie)["next_cursor"]
    kept = alice.writes("Kept", published=True)
    alice.delete("v1/posts/old")
    new = ask(charlie)["next_cursor"]
    forget_changes(now=timezone.now() + GONE_KEPT - timedelta(minutes=1))
    assert told(ask(charlie, old))[-1][0] == "delete"
    forget_changes(now=timezone.now() + GONE_KEPT + timedelta(minutes=1))
    answer = charlie.get(f"v2/changes?after={old}")
    assert (answer.status, answer.body["code"]) == (410, "cursor_expired")
    assert told(ask(charlie, new)) == []
    assert told(ask(charlie)) == [("upsert", kept["id"])]


def test_a_cursor_of_what_a_restored_backup_does_not_know_is_refused(alice: Caller, charlie: Caller) -> None:
    alice.writes(published=True)
    after = ask(charlie)["next_cursor"]
    PostChange.objects.all().delete()
    Numbering.objects.all().delete()
    assert charlie.get(f"v2/changes?after={after}").body["code"] == "cursor_expired"


def test_what_was_missed_is_found_both_ways(alice: Caller, charlie: Caller) -> None:
    unknown, stale, gone = (alice.writes(title, published=True)["id"] for title in ("Unknown", "Stale", "Gone"))
    start = ask(charlie)["next_cursor"]
    PostChange.objects.filter(post_id=unknown).delete()
    Post.objects.filter(id=stale).update(version=5)
    Post.objects.filter(id=gone).update(status="draft", published_at=None)
    changes_reconcile()
    body = ask(charlie, start)
    assert {item["id"]: (item["op"], item["version"]) for item in body["items"]} == {
        unknown: ("upsert", 1),
        stale: ("upsert", 5),
        gone: ("delete", 1),
    }
    changes_reconcile()
    assert ask(charlie, body["next_cursor"])["items"] == []
