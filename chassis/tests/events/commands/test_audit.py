"""``events audit``: the proof, its gaps and their repair."""

from contextlib import closing

import pytest

from tests.support.events import effects, printed, publish, take
from tests.support.newsroom import Newsroom, Person


def test_audit_is_complete_when_all_was_handled_or_is_parked(newsroom: Newsroom, person: Person) -> None:
    newsroom.kill(printed(2, 1), printed(2, 2))
    newsroom.publish(printed(1, 1), minutes_ago=5)
    newsroom.read(1)
    publish(newsroom.press_database, printed(3, 1))  # not published yet, so nobody need have it
    [books] = person.asks(newsroom.reader, "audit")
    assert books == {
        "queue": newsroom.queue.name, "published": 3, "handled": 1, "discarded": 0, "failed": 0, "held": 1, "dead": 1,
        "dead_letters": 0, "under_way": 0, "missing": 0, "verdict": "complete", "gaps": [],
    }  # fmt: skip


def test_audit_names_the_gap_and_repairs_it(newsroom: Newsroom, person: Person) -> None:
    handled, lost = printed(1, 1), printed(2, 1)
    newsroom.publish(handled)
    newsroom.read(1)
    newsroom.publish(lost, minutes_ago=5)
    newsroom.lose(1)

    assert f"missing: {lost.id} for {newsroom.queue.name}" in person.types(newsroom.reader, "audit", finds=True)
    [books] = person.asks(newsroom.reader, "audit", finds=True)
    assert (books["published"], books["handled"], books["gaps"]) == (2, 1, [str(lost.id)])

    assert f"sent again: {lost.id}" in person.types(newsroom.reader, "audit", "--repair")
    assert newsroom.read(1) == [lost]
    assert person.asks(newsroom.reader, "audit")[0]["verdict"] == "complete"
    assert effects(newsroom.reader_database) == [(each.partition_key, 1) for each in (handled, lost)]


def test_dead_letters_are_no_gap(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed(), minutes_ago=5)
    with closing(newsroom.transport.subscribe([newsroom.queue.name], prefetch=1)) as subscription:
        subscription.dead_letter(take(subscription, 1)[0], "its type is unknown")
    [books] = person.asks(newsroom.reader, "audit")
    assert (books["dead_letters"], books["missing"]) == (1, 0)


def test_what_waits_on_the_queue_is_under_way(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed(), minutes_ago=5)
    [books] = person.asks(newsroom.reader, "audit")
    assert (books["under_way"], books["verdict"]) == (1, "nothing lost yet")


def test_audit_looks_only_at_events_since_a_time(newsroom: Newsroom, person: Person) -> None:
    newsroom.publish(printed(), minutes_ago=5)
    newsroom.lose(1)
    [books] = person.asks(newsroom.reader, "audit", "--since", "2999-01-01")
    assert (books["published"], books["verdict"]) == (0, "complete")


def test_audit_says_what_it_could_not_compare(
    newsroom: Newsroom, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.kill(printed())
    monkeypatch.delenv("PRESS_DATABASE_URL")
    [books] = person.asks(newsroom.reader, "audit", finds=True)
    assert (books["published"], books["dead"]) == (None, 1)
    assert books["verdict"].startswith("not compared, press is out of reach: name its database with --database press=")

    monkeypatch.setenv("PRESS_DATABASE_URL", "sqlite:////nowhere/press.sqlite3")
    [books] = person.asks(newsroom.reader, "audit", finds=True)
    assert "there is no file /nowhere/press.sqlite3" in books["verdict"]

    [books] = person.asks(newsroom.reader, "audit", "--database", f"press={newsroom.press_url}")
    assert books["published"] == 1


def test_service_without_handlers_has_nothing_to_audit(newsroom: Newsroom, person: Person) -> None:
    assert "press handles no events" in person.types(newsroom.press, "audit")
