"""What an operator may do about parked events, and the proof that nothing is missing."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from chassis.events import parked_events
from chassis.events.audit import account, repair
from chassis.events.database import Execute
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import Event, encode
from chassis.events.inbox import LADDER, Inbox, Outcome
from chassis.events.relay import Relay
from chassis.events.topology import Queue
from chassis.events.transports import Transport

from chassis import clock
from tests.support.events import PRINTED, effects, printed, publish, rows, take, take_effect

QUEUE = Queue("reader.press-events", (PRINTED,))


class Reader:
    def __init__(self, database: PlainDatabase) -> None:
        self.failing = True
        self.time = clock.now()
        self.inbox = Inbox(database, QUEUE.name, {PRINTED: self.handle}, now=lambda: self.time, jitter=lambda: 1)

    def handle(self, execute: Execute, event: Event) -> None:
        if self.failing and event.partition_key == str(UUID(int=1)):
            raise RuntimeError("out of paper")
        take_effect(execute, event)

    def receive(self, *events: Event) -> list[Outcome]:
        return [self.inbox.receive(event, encode(event)) for event in events]

    def kill(self, event: Event, *held: Event) -> None:
        """Let an event die, with others held behind it."""
        self.receive(event, *held)
        for delay in LADDER:
            self.time += delay + timedelta(milliseconds=1)
            self.retry()

    def retry(self) -> list[Outcome]:
        return list(iter(self.inbox.retry_due, None))


@pytest.fixture
def reader(database: PlainDatabase) -> Reader:
    return Reader(database)


def test_redriven_event_and_those_behind_it_are_handled_in_order(database: PlainDatabase, reader: Reader) -> None:
    dead, held = printed(1, 1), printed(1, 2)
    reader.kill(dead, held)
    reader.failing = False

    assert not parked_events.redrive(database, QUEUE.name, str(held.id))  # its turn comes with the first
    assert parked_events.redrive(database, QUEUE.name, str(dead.id), now=lambda: reader.time)
    assert reader.retry() == [Outcome.HANDLED, Outcome.HANDLED]
    assert [sequence for _, sequence in effects(database)] == [1, 2]


def test_redriven_event_that_fails_climbs_the_ladder_anew(database: PlainDatabase, reader: Reader) -> None:
    dead = printed(1, 1)
    reader.kill(dead)
    parked_events.redrive(database, QUEUE.name, str(dead.id), now=lambda: reader.time)
    assert reader.retry() == [Outcome.FAILED]
    [entry] = parked_events.entries(database, QUEUE.name)
    assert (entry.state, entry.attempts, entry.error) == ("failed", 1, "RuntimeError: out of paper")


def test_discarded_event_releases_those_behind_it_and_says_why(database: PlainDatabase, reader: Reader) -> None:
    dead, held = printed(1, 1), printed(1, 2)
    reader.kill(dead, held)
    reader.failing = False

    assert parked_events.discard(database, QUEUE.name, str(dead.id), "sold out")
    assert reader.retry() == [Outcome.HANDLED]
    assert [sequence for _, sequence in effects(database)] == [2]
    assert rows(database, "SELECT error FROM inbox_event WHERE event_id = %s", str(dead.id)) == [
        ("discarded: sold out",)
    ]
    assert not parked_events.discard(database, QUEUE.name, str(dead.id), "again")


def test_parked_events_are_listed_in_the_order_they_came(database: PlainDatabase, reader: Reader) -> None:
    events = [printed(1, sequence) for sequence in range(1, 4)]
    reader.receive(*events)
    listed = list(parked_events.entries(database, QUEUE.name))
    assert [(entry.event_id, entry.state) for entry in listed] == [
        (str(events[0].id), "failed"),
        (str(events[1].id), "held"),
        (str(events[2].id), "held"),
    ]
    assert listed[0].envelope == encode(events[0]).decode()


@pytest.fixture
def press(database_url: str, transport: Transport) -> Iterator[PlainDatabase]:
    """The outbox of the press; here in the same database as the reader's inbox."""
    connected = plain.connect(database_url)
    yield connected
    connected.close()


def test_audit_accounts_for_every_event_and_names_the_gap(
    press: PlainDatabase, database: PlainDatabase, reader: Reader, transport: Transport, queue: Queue
) -> None:
    transport.apply([queue])
    handled, failed, held, discarded, lost, letter = (
        printed(2, 1), printed(1, 1), printed(1, 2), printed(3, 1), printed(4, 1), printed(5, 1)
    )  # fmt: skip
    publish(press, handled, failed, held, discarded, lost, letter)
    publisher = transport.publisher()
    Relay(press, publisher).relay_pending()
    publisher.close()
    publish(press, printed(9, 1))  # not published yet, so nobody need have it
    reader.receive(handled, failed, held)
    reader.failing = True
    discarded_as_first = Inbox(database, QUEUE.name, {PRINTED: _fails})
    discarded_as_first.receive(discarded, encode(discarded))
    parked_events.discard(database, QUEUE.name, str(discarded.id), "sold out")

    def audit(minutes: int, waiting: int = 0) -> tuple[dict[str, object], list[str]]:
        found = account(
            QUEUE,
            press,
            database,
            dead_letters=[str(letter.id)],
            waiting=waiting,
            now=lambda: clock.now() + timedelta(minutes=minutes),
        )
        return found.row(), found.missing

    figures, gaps = audit(minutes=1)
    assert gaps == [str(lost.id)]
    assert figures == {
        "queue": QUEUE.name, "published": 6, "handled": 1, "discarded": 1, "failed": 1, "held": 1, "dead": 0,
        "dead letters": 1, "under way": 0, "missing": 1,
    }  # fmt: skip
    assert audit(minutes=0)[0]["under way"] == 1
    assert audit(minutes=1, waiting=1)[0]["under way"] == 1


def _fails(execute: Execute, event: Event) -> None:
    raise RuntimeError("out of paper")


def test_repair_sends_what_is_missing_as_it_was(press: PlainDatabase, transport: Transport, queue: Queue) -> None:
    transport.apply([queue])
    lost = printed()
    publish(press, lost)
    publisher = transport.publisher()
    Relay(press, publisher).relay_pending()
    subscription = transport.subscribe([queue.name], prefetch=10)
    subscription.ack(take(subscription, 1))  # and nobody handled it

    found = account(queue, press, press, now=lambda: clock.now() + timedelta(minutes=1))
    repair(found, press, publisher)

    assert [delivery.body for delivery in take(subscription, 1)] == [encode(lost)]
    publisher.close()
    subscription.close()
