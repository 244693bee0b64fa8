"""The inbox: one effect per event, retries, holding, death; on every kind of database a service has."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from chassis.events.database import EventDatabase, Execute
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import Event, encode
from chassis.events.inbox import LADDER, DatabaseLost, Inbox, Outcome

from chassis import clock
from tests.support.events import PRINTED, effects, printed, rows, take_effect

QUEUE = "reader.press-events"


class Clock:
    def __init__(self) -> None:
        self.now = clock.now()

    def __call__(self) -> datetime:
        return self.now


class Reader:
    """A service that handles what the press prints, and fails when told to."""

    def __init__(self, database: EventDatabase) -> None:
        self.clock = Clock()
        self.failing: set[str] = set()
        self.inbox = Inbox(database, QUEUE, {PRINTED: self.handle}, now=self.clock, jitter=lambda: 1)

    def handle(self, execute: Execute, event: Event) -> None:
        take_effect(execute, event)
        if event.partition_key in self.failing:
            raise RuntimeError("out of paper")

    def receive(self, event: Event) -> Outcome:
        self.clock.now += timedelta(milliseconds=1)
        return self.inbox.receive(event, encode(event))

    def receive_all(self, *events: Event) -> list[Outcome]:
        return self.inbox.receive_all([(event, encode(event)) for event in events])

    def later(self, delay: timedelta) -> list[Outcome]:
        """What the retries bring after some time."""
        self.clock.now += delay + timedelta(milliseconds=1)
        return list(iter(self.inbox.retry_due, None))


@pytest.fixture
def reader(database: PlainDatabase) -> Reader:
    return Reader(database)


def key(number: int) -> str:
    return str(UUID(int=number))


def test_event_is_handled_once_however_often_it_comes(database: PlainDatabase, reader: Reader) -> None:
    event = printed()
    assert [reader.receive(event) for _ in range(3)] == [Outcome.HANDLED, Outcome.DUPLICATE, Outcome.DUPLICATE]
    assert effects(database) == [(key(1), 1)]


def test_handled_event_keeps_no_body(database: PlainDatabase, reader: Reader) -> None:
    reader.receive(printed())
    assert rows(database, "SELECT state, envelope FROM inbox_event") == [("handled", None)]


def test_failing_event_leaves_no_effect_and_is_tried_up_the_ladder(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    assert reader.receive(printed()) == Outcome.FAILED
    for delay in LADDER[:-1]:
        assert reader.later(delay - timedelta(milliseconds=2)) == []
        assert reader.later(timedelta(milliseconds=2)) == [Outcome.FAILED]
    assert effects(database) == []
    [(state, attempts, error)] = rows(database, "SELECT state, attempts, error FROM inbox_event")
    assert (state, attempts, error) == ("failed", len(LADDER), "RuntimeError: out of paper")

    assert reader.later(LADDER[-1]) == [Outcome.DEAD]
    assert reader.later(timedelta(days=30)) == []


def test_event_that_fails_three_times_has_one_effect_in_the_end(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    reader.receive(printed())
    reader.later(LADDER[0])
    reader.later(LADDER[1])
    reader.failing = set()
    assert reader.later(LADDER[2]) == [Outcome.HANDLED]
    assert effects(database) == [(key(1), 1)]
    assert rows(database, "SELECT state, envelope, error FROM inbox_event") == [("handled", None, None)]


def test_later_events_of_a_failed_one_are_held_while_other_keys_flow(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    outcomes = [reader.receive(printed(1, 1)), reader.receive(printed(1, 2)), reader.receive(printed(2, 1))]
    assert outcomes == [Outcome.FAILED, Outcome.HELD, Outcome.HANDLED]
    assert reader.inbox.parked() == {"failed": 1, "held": 1}

    reader.failing = set()
    assert reader.receive(printed(1, 3)) == Outcome.HELD
    assert reader.later(LADDER[0]) == [Outcome.HANDLED] * 3
    assert effects(database) == [(key(2), 1), (key(1), 1), (key(1), 2), (key(1), 3)]
    assert reader.inbox.parked() == {}


def test_events_that_come_together_have_their_effects_in_order(database: PlainDatabase, reader: Reader) -> None:
    first, second = printed(1, 1), printed(1, 2)
    assert reader.receive_all(first, second, first) == [Outcome.HANDLED, Outcome.HANDLED, Outcome.DUPLICATE]
    assert reader.receive_all(second, printed(2, 1)) == [Outcome.DUPLICATE, Outcome.HANDLED]
    assert effects(database) == [(key(1), 1), (key(1), 2), (key(2), 1)]


def test_failing_event_takes_no_effect_from_those_it_came_with(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(2)}
    outcomes = reader.receive_all(printed(1, 1), printed(2, 1), printed(2, 2), printed(3, 1))
    assert outcomes == [Outcome.HANDLED, Outcome.FAILED, Outcome.HELD, Outcome.HANDLED]
    assert effects(database) == [(key(1), 1), (key(3), 1)]


def test_events_held_together_are_released_in_order(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    reader.receive(printed(1, 1))
    reader.clock.now += timedelta(milliseconds=1)
    later = [printed(1, sequence) for sequence in (4, 3, 2)]  # ids do not tell the order of arrival
    assert reader.receive_all(*reversed(later)) == [Outcome.HELD] * 3

    reader.failing = set()
    assert reader.later(LADDER[0]) == [Outcome.HANDLED] * 4
    assert effects(database) == [(key(1), sequence) for sequence in (1, 2, 3, 4)]


def test_duplicate_of_a_parked_event_changes_nothing(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    event = printed()
    assert [reader.receive(event), reader.receive(event)] == [Outcome.FAILED, Outcome.DUPLICATE]
    assert reader.inbox.parked() == {"failed": 1}


def test_dead_event_holds_its_key_back(database: PlainDatabase, reader: Reader) -> None:
    reader.failing = {key(1)}
    reader.receive(printed(1, 1))
    for delay in LADDER:
        reader.later(delay)
    reader.failing = set()
    assert reader.receive(printed(1, 2)) == Outcome.HELD
    assert reader.later(timedelta(days=1)) == []
    assert reader.inbox.parked() == {"dead": 1, "held": 1}


def test_what_is_published_by_a_handler_is_caused_by_its_event(database: PlainDatabase) -> None:
    caused: list[Event] = []
    inbox = Inbox(database, QUEUE, {PRINTED: lambda _execute, _event: caused.append(printed(2))})
    event = printed()
    inbox.receive(event, encode(event))
    assert caused[0].causation_id == str(event.id)
    assert printed().causation_id is None


def test_row_taken_by_one_consumer_is_left_alone_by_another(database: PlainDatabase, database_url: str) -> None:
    reader, other = Reader(database), Reader(plain.connect(database_url))
    reader.failing = {key(1)}
    reader.receive(printed())
    reader.failing = set()
    other.clock.now = reader.clock.now = clock.now() + timedelta(minutes=1)
    outcomes: list[Outcome | None] = []

    def handle_while_the_other_tries(execute: Execute, event: Event) -> None:
        take_effect(execute, event)
        if database.dialect == "postgresql":  # SQLite lets the other wait for the lock, which this thread holds
            outcomes.append(other.inbox.retry_due())

    busy = Inbox(database, QUEUE, {PRINTED: handle_while_the_other_tries}, now=reader.clock)
    assert busy.retry_due() == Outcome.HANDLED
    outcomes.append(other.inbox.retry_due())
    assert set(outcomes) == {None}
    assert effects(database) == [(key(1), 1)]
    other.inbox.database.close()


def test_failure_is_kept_whatever_the_error_says(database: PlainDatabase) -> None:
    def fail(_execute: Execute, _event: Event) -> None:
        raise RuntimeError("page \0 of \ud800")

    event = printed()
    assert Inbox(database, QUEUE, {PRINTED: fail}).receive(event, encode(event)) == Outcome.FAILED
    assert rows(database, "SELECT error FROM inbox_event") == [("RuntimeError: page  of ?",)]


def test_lost_database_decides_nothing(tmp_path: Path) -> None:
    database = plain.connect(f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    inbox = Inbox(database, QUEUE, {})
    with pytest.raises(DatabaseLost):
        inbox.receive(printed(), b"")
    with pytest.raises(DatabaseLost):
        inbox.retry_due()
