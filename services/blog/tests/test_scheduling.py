"""Posts that publish themselves when their time has come."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from blog_service.authors.models import Author
from blog_service.commands import event_service
from blog_service.posts.models import Post
from blog_service.posts.services import scheduling
from blog_service.posts.services.scheduling import overdue, posts_publish_due
from blog_service.posts.services.writing import post_step
from blog_service.posts.tasks import media_refs_refresh_stuck, publish_due
from blog_service.testing import Caller, Neighbours
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import deliver, example, published
from django.db import connection
from uuid_utils.compat import uuid7

AT = datetime(2126, 11, 23, 10, tzinfo=UTC)
LONG_AGO, JUST_BEFORE, LATE = AT - timedelta(days=365), AT - timedelta(microseconds=1), AT + timedelta(days=3)
WHEN_CLOCKS_CHANGE = {  # of Berlin, by hand: at two to three in March, at three to two in October
    "2126-03-31T01:30:00+01:00": datetime(2126, 3, 31, 0, 30, tzinfo=UTC),
    "2126-03-31T03:00:00+02:00": datetime(2126, 3, 31, 1, 0, tzinfo=UTC),
    "2126-10-27T02:45:00+02:00": datetime(2126, 10, 27, 0, 45, tzinfo=UTC),
    "2126-10-27T02:15:00+01:00": datetime(2126, 10, 27, 1, 15, tzinfo=UTC),
}
PROGRAM = """
from datetime import datetime
from blog_service.commands import shared
shared.set_up()
from blog_service.posts.services.scheduling import posts_publish_due
print("ready", flush=True)
input()
print(posts_publish_due(datetime.fromisoformat("2126-11-23T10:00:00+00:00")))
"""


def schedules(author: Caller, title: str = "First light", at: str = AT.isoformat(), **fields: Any) -> str:
    """A post of theirs, scheduled; gives its path."""
    path = f"v2/posts/{author.writes(title, **fields)['id']}"
    answer = author.post(f"{path}/transitions", {"to": "scheduled", "at": at})
    assert answer.status == 200, answer
    return path


def told() -> int:
    """How often it was told that a post is public."""
    return sum(event.type == "blog.post.published.v1" for event in published(DjangoDatabase()))


def hear(name: str, who: Caller, *, sequence: int, **data: Any) -> None:
    event = example(name)
    said = event.data | {"user_id": str(who.id)} | data
    event = replace(event, id=uuid7(), sequence=sequence, partition_key=str(who.id), data=said)
    deliver(event_service(), event)


def test_a_post_is_public_when_its_time_has_come_and_no_earlier(alice: Caller, charlie: Caller) -> None:
    path = schedules(alice)
    assert posts_publish_due(JUST_BEFORE) == 0
    assert charlie.get(path).status == 404
    assert posts_publish_due(AT) == 1
    post = charlie.get(path).body
    assert (post["status"], post["scheduled_for"], post["published_at"]) == (
        "published",
        None,
        "2126-11-23T10:00:00.000Z",
    )
    assert charlie.get("v1/posts").body["count"] == told() == 1


def test_a_time_that_was_missed_is_made_up_once(alice: Caller) -> None:
    schedules(alice)
    publish_due(LATE)
    publish_due(LATE)
    assert (Post.objects.get().published_at, told()) == (LATE, 1)


def test_a_clock_that_jumps_back_publishes_nothing_again_and_takes_nothing_back(alice: Caller) -> None:
    schedules(alice, "early")
    for moment in (AT, LONG_AGO, JUST_BEFORE, AT, LATE, LONG_AGO):
        publish_due(moment)
    assert (Post.objects.get().status, told()) == ("published", 1)
    schedules(alice, "late")
    publish_due(LONG_AGO)
    assert Post.objects.get(slug="late").status == "scheduled"
    publish_due(LATE)
    assert told() == 2


def test_posts_around_a_change_of_the_clocks_go_out_at_their_moment_and_in_its_order(
    alice: Caller, charlie: Caller
) -> None:
    titles = {at: f"p{number}" for number, at in enumerate(WHEN_CLOCKS_CHANGE)}
    for at in reversed(WHEN_CLOCKS_CHANGE):
        schedules(alice, titles[at], at)
    for at, moment in WHEN_CLOCKS_CHANGE.items():
        assert posts_publish_due(moment - timedelta(microseconds=1)) == 0, at
        assert posts_publish_due(moment) == 1, at
        assert Post.objects.get(slug=titles[at]).published_at == moment
    assert [post["slug"] for post in charlie.get("v1/posts").body["results"]] == ["p3", "p2", "p1", "p0"]


def test_a_time_that_does_not_say_its_offset_is_refused_and_told_how(alice: Caller) -> None:
    path = f"v2/posts/{alice.writes()['id']}/transitions"
    (error,) = alice.post(path, {"to": "scheduled", "at": "2126-10-27T02:30:00"}).body["errors"]
    assert (error["pointer"], error["code"]) == ("/at", "offset_missing")
    assert "2026-11-23T10:00:00+01:00" in error["detail"]


def test_what_was_withdrawn_stays_withdrawn(alice: Caller) -> None:
    path = schedules(alice)
    alice.post(f"{path}/transitions", {"to": "draft"})
    assert posts_publish_due(LATE) == 0


def test_a_post_whose_pictures_are_not_ready_waits_for_them(alice: Caller, neighbours: Neighbours) -> None:
    schedules(alice, images=[{"media": str(neighbours.has_asset(alice, "processing"))}])
    publish_due(AT)
    post = Post.objects.get()
    assert (post.status, post.publish_requested, post.scheduled_for) == ("draft", True, None)
    assert told() == 0


def test_who_is_suspended_by_then_publishes_when_they_are_back(alice: Caller) -> None:
    schedules(alice)
    hear("auth.user.suspended.v1", alice, sequence=5)
    assert posts_publish_due(AT) == 0
    assert (Post.objects.get().status, overdue(LATE)) == ("scheduled", timedelta())
    hear("auth.user.reactivated.v1", alice, sequence=6)
    assert posts_publish_due(LATE) == told() == 1


def test_who_may_not_write_any_more_by_then_publishes_nothing(alice: Caller, neighbours: Neighbours) -> None:
    schedules(alice)
    media = neighbours.has_asset(alice, "processing", sequence=1)
    alice.writes("waits", images=[{"media": str(media)}], published=True)
    hear("auth.role.changed.v1", alice, sequence=5, roles=["reader"])
    neighbours.tells_of_asset(media, alice, "ready", sequence=2)
    media_refs_refresh_stuck(LATE)
    assert posts_publish_due(AT) == told() == 0
    hear("auth.role.changed.v1", alice, sequence=4, roles=["author"])
    assert posts_publish_due(AT) == 0, "what is older than what is known changes nothing"
    hear("auth.role.changed.v1", alice, sequence=6, roles=["reader", "author"])
    assert posts_publish_due(AT) == 1


def test_who_is_suspended_while_their_post_is_claimed_publishes_nothing(
    alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedules(alice)
    monkeypatch.setattr(scheduling, "AT_ONCE", 1)

    def after_suspension(*arguments: Any, **options: Any) -> None:
        Author.objects.update(suspended=True)
        post_step(*arguments, **options)

    monkeypatch.setattr(scheduling, "post_step", after_suspension)
    posts_publish_due(AT)
    assert (Post.objects.get().status, told()) == ("scheduled", 0)


def test_a_post_that_cannot_be_published_keeps_no_other_from_it(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = schedules(alice, "broken")
    schedules(alice, "sound")

    def failing(post_id: Any, *arguments: Any, **options: Any) -> None:
        post_step(post_id, *arguments, **options)
        if broken.endswith(str(post_id)):
            raise RuntimeError("a defect")

    monkeypatch.setattr(scheduling, "post_step", failing)
    assert posts_publish_due(AT) == 1
    assert dict(Post.objects.values_list("slug", "status")) == {"broken": "scheduled", "sound": "published"}
    assert overdue(LATE) == timedelta(days=3)


@pytest.mark.django_db(transaction=True)
def test_four_schedulers_publish_each_post_once(alice: Caller) -> None:
    """Four processes, as four workers would be; on PostgreSQL none waits for another."""
    before = told()  # other tests that commit leave their outbox behind
    for number in range(20):
        schedules(alice, f"p{number}")
    name = str(connection.settings_dict["NAME"])
    url = urlsplit(os.environ["BLOG_DATABASE_URL"])
    here = f"sqlite:///{name}" if connection.vendor == "sqlite" else url._replace(path=f"/{quote(name)}").geturl()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"BLOG_DATABASE_URL": here},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("\n")
        worker.stdin.flush()
    counts = [int(worker.communicate(timeout=60)[0].splitlines()[-1]) for worker in workers]
    assert sum(counts) == told() - before == Author.objects.get().posts_count == 20
    assert set(Post.objects.values_list("status", "version")) == {("published", 3)}
