"""The consumer, on both transports and both kinds of database."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from chassis.events.backoff import Backoff
from chassis.events.consumer import Consumer
from chassis.events.database import Execute, Handler
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import Event, encode
from chassis.events.inbox import Arrived, DatabaseRefused, Inbox, Outcome
from chassis.events.topology import Queue
from chassis.events.transports import Delivery, Message, Transport

from tests.support.events import PRINTED, effects, printed, rows, take, take_effect, wait_until


@contextmanager
def consuming(
    transport: Transport, database_url: str, queue: Queue, handler: Handler = take_effect, workers: int = 4
) -> Iterator[threading.Event]:
    """A consumer in threads, which drains at the end."""
    database = plain.connect(database_url)
    inbox = Inbox(database, queue.name, {PRINTED: handler})
    consumer = Consumer(transport, {queue.name: inbox}, [queue], workers=1 if database.dialect == "sqlite" else workers)
    stop = threading.Event()
    threads = [
        threading.Thread(target=consumer.run, args=(stop,)),
        threading.Thread(target=consumer.retry, args=(stop,)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def send(transport: Transport, queue: Queue, *bodies: bytes, key: str = "") -> None:
    publisher = transport.publisher()
    publisher.publish([Message(f"id-{n}", "", key, body) for n, body in enumerate(bodies)], queue=queue.name)
    publisher.close()


def send_events(transport: Transport, queue: Queue, *events: Event) -> None:
    publisher = transport.publisher()
    publisher.publish(
        [Message(str(each.id), each.type, each.partition_key, encode(each)) for each in events], queue=queue.name
    )
    publisher.close()


def dead_letters(transport: Transport, queue: Queue, count: int) -> list[Delivery]:
    subscription = transport.subscribe([queue.dead], prefetch=100)
    letters = take(subscription, count)
    subscription.close()
    return letters


def test_events_have_their_effects_in_order_per_key(transport: Transport, database_url: str, queue: Queue) -> None:
    transport.apply([queue])
    events = [printed(key, sequence) for sequence in range(1, 21) for key in range(5)]
    database = plain.connect(database_url)

    with consuming(transport, database_url, queue):
        send_events(transport, queue, *events[:10], *events)
        wait_until(lambda: len(effects(database)) >= 100)

    for key in {each.partition_key for each in events}:
        assert [sequence for other, sequence in effects(database) if other == key] == list(range(1, 21))
    depth = transport.depth(queue.name)
    assert depth is not None
    assert depth.ready == 0
    database.close()


def test_what_is_no_event_is_buried_at_once_with_a_reason(
    transport: Transport, database_url: str, queue: Queue
) -> None:
    transport.apply([queue])
    database = plain.connect(database_url)
    sound = encode(printed())
    reasons = {
        b"\x00\xff random bytes": "no CloudEvents envelope",
        b"[]": "no CloudEvents envelope",
        b'{"specversion":"1.0"}': "the envelope has no",
        sound.replace(b"printed.v1", b"printed.v2"): "another major version",
        sound.replace(b"printed.v1", b"burnt.v1"): "not handled here",
    }

    with consuming(transport, database_url, queue):
        send(transport, queue, *reasons, encode(printed(2)))
        letters = dead_letters(transport, queue, len(reasons))
        wait_until(lambda: len(effects(database)) == 1)

    assert {letter.body for letter in letters} == set(reasons)
    for letter in letters:
        assert reasons[letter.body] in letter.headers["reason"]
    database.close()


def test_failing_event_is_retried_and_its_key_waits(transport: Transport, database_url: str, queue: Queue) -> None:
    transport.apply([queue])
    database = plain.connect(database_url)

    def fail_until_retried(execute: Execute, event: Event) -> None:
        [(attempts,)] = execute("SELECT attempts FROM inbox_event WHERE event_id = %s", (str(event.id),))
        if event.sequence == 1 and not attempts:
            raise RuntimeError("out of paper")
        take_effect(execute, event)

    with consuming(transport, database_url, queue, fail_until_retried):
        send_events(transport, queue, printed(1, 1), printed(1, 2), printed(2, 5))
        wait_until(lambda: len(effects(database)) == 3)

    assert [sequence for _, sequence in effects(database)] == [5, 1, 2]
    database.close()


def test_stopping_consumer_finishes_what_it_handles_and_leaves_the_rest(
    transport: Transport, database_url: str, queue: Queue
) -> None:
    transport.apply([queue])
    database = plain.connect(database_url)
    started, never = threading.Event(), threading.Event()

    def slowly(execute: Execute, event: Event) -> None:
        started.set()
        never.wait(0.1)
        take_effect(execute, event)

    with consuming(transport, database_url, queue, slowly) as stop:
        send_events(transport, queue, *[printed(1, sequence) for sequence in range(1, 51)])
        assert started.wait(20)
        stop.set()

    finished = [sequence for _, sequence in effects(database)]
    assert finished == list(range(1, len(finished) + 1))
    assert 0 < len(finished) < 50
    with consuming(transport, database_url, queue):
        wait_until(lambda: len(effects(database)) == 50)
    assert [sequence for _, sequence in effects(database)] == list(range(1, 51))
    database.close()


def test_consumer_leaves_events_on_the_broker_while_the_database_is_away(
    transport: Transport, database_url: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport.apply([queue])
    database = plain.connect(database_url)
    away = threading.Event()
    away.set()
    attempts: list[int] = []

    def transaction(original: Any) -> Any:
        def open_transaction(self: PlainDatabase) -> Any:
            if away.is_set() and threading.current_thread() is not threading.main_thread():
                attempts.append(1)
                raise LostError
            return original(self)

        return open_transaction

    class LostError(Exception): ...

    kind = type(database)
    monkeypatch.setattr(kind, "transaction", transaction(kind.transaction))
    monkeypatch.setattr(kind, "is_lost", lambda self, error: isinstance(error, LostError))

    with consuming(transport, database_url, queue):
        send_events(transport, queue, printed(1, 1), printed(1, 2))
        wait_until(lambda: len(attempts) > 3)
        assert rows(database, "SELECT count(*) FROM inbox_event") == [(0,)]
        away.clear()
        wait_until(lambda: len(effects(database)) == 2)
    database.close()


def test_event_does_not_overtake_one_whose_database_was_lost_for_a_moment(
    transport: Transport, database_url: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport.apply([queue])
    database = plain.connect(database_url)
    losses, overtaken = iter([True]), threading.Event()
    settle = Consumer._settle

    def settle_late(consumer: Consumer, subscription: Any) -> None:
        overtaken.wait(0.5)  # gives the worker all the time to go on with the next event
        settle(consumer, subscription)

    def lose_once(execute: Execute, event: Event) -> None:
        if event.sequence == 1 and next(losses, False):
            raise LostError
        overtaken.set()
        take_effect(execute, event)

    class LostError(Exception): ...

    monkeypatch.setattr(Consumer, "_settle", settle_late)
    monkeypatch.setattr(type(database), "is_lost", lambda self, error: isinstance(error, LostError))

    send_events(transport, queue, printed(1, 1), printed(1, 2))
    with consuming(transport, database_url, queue, lose_once):
        wait_until(lambda: len(effects(database)) == 2)

    assert [sequence for _, sequence in effects(database)] == [1, 2]
    database.close()


@contextmanager
def refusing(database: PlainDatabase, table: str = "inbox_event") -> Iterator[None]:
    """The database answers and lacks a table, which no wait brings back."""
    rows(database, f"ALTER TABLE {table} RENAME TO gone")
    yield
    rows(database, f"ALTER TABLE gone RENAME TO {table}")


@pytest.mark.parametrize("loop", ["run", "retry"])
def test_loop_that_the_database_refuses_for_good_fails_instead_of_beating_on(
    transport: Transport, database_url: str, queue: Queue, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.events.consumer.Backoff", lambda: Backoff(first=0.001))
    transport.apply([queue])
    database = plain.connect(database_url)
    send_events(transport, queue, printed())
    inbox = Inbox(plain.connect(database_url), queue.name, {PRINTED: take_effect})
    consumer = Consumer(transport, {queue.name: inbox}, [queue], workers=1)
    stop = threading.Event()
    in_vain = threading.Timer(60, stop.set)
    in_vain.start()
    with refusing(database), pytest.raises(DatabaseRefused):
        getattr(consumer, loop)(stop)
    in_vain.cancel()
    consumer._workers.stop(20)
    inbox.database.close()
    with consuming(transport, database_url, queue):
        wait_until(lambda: len(effects(database)) == 1)
    database.close()


def test_refusal_that_passes_ends_nothing(
    transport: Transport, database_url: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter([True, True])

    def receive_all(inbox: Inbox, arrived: Sequence[Arrived]) -> list[Outcome]:
        if next(refusals, False):
            raise DatabaseRefused
        return original(inbox, arrived)

    original = Inbox.receive_all
    monkeypatch.setattr(Inbox, "receive_all", receive_all)
    transport.apply([queue])
    database = plain.connect(database_url)
    send_events(transport, queue, printed())
    with consuming(transport, database_url, queue):
        wait_until(lambda: len(effects(database)) == 1)
    database.close()
