"""The consumer's rate: for each event an inbox row, a trivial handler, commit and ack; beside it a plain loop."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pika
from chassis.events import envelope, transports
from chassis.events.consumer import Consumer
from chassis.events.database import Execute
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import Event
from chassis.events.inbox import Inbox
from chassis.events.process import WORKERS
from chassis.events.transports import Transport

from benchmarks.events import press
from benchmarks.events.publishing import Rate, outbox, timed
from benchmarks.results import Figure
from chassis import clock
from launcher.servers import Postgres

_RECORD = """
INSERT INTO inbox_event (consumer, event_id, type, partition_key, sequence, state, received_at, handled_at)
VALUES (%s, %s, %s, %s, %s, 'handled', %s, %s) ON CONFLICT DO NOTHING RETURNING 1
"""


def measure(postgres: Postgres, broker_url: str, *, quick: bool) -> list[Figure]:
    """One consumer process with its usual worker threads, and a loop of one thread, each on a queue that is full."""
    count, few = (4_000, 500) if quick else (20_000, 2_000)
    transport = transports.connect(broker_url)
    transport.apply([press.READER])
    with outbox(postgres, "reader_source") as source, outbox(postgres, "reader") as database:
        _fill_queue(source, transport, range(few))
        plain = _plain_loop(database, broker_url, few)
        _fill_queue(source, transport, range(few, few + count))
        ours = _consumer(database, transport, count)
        effects = press.effects(database)
    if effects != few + count:
        raise AssertionError(f"{effects} effects of {few + count} events")
    return [
        Figure(
            id="consumer-rate",
            what="events handled through the inbox",
            value=ours.per_second,
            unit="events/s",
            target=">= 2000",
            holds=ours.per_second >= 2_000,
            beside={
                "cpu µs/event": ours.cpu_micros,
                "a transaction and an ack per event": plain.per_second,
                "its cpu µs/event": plain.cpu_micros,
            },
            ratio=round(ours.per_second / plain.per_second, 1),
        )
    ]


def _fill_queue(source: PlainDatabase, transport: Transport, numbers: range) -> None:
    press.publish(source, numbers, per_transaction=500)
    with contextlib.closing(transport.publisher()) as publisher:
        press.drain(source, publisher, at_least=len(numbers))


def _consumer(database: PlainDatabase, transport: Transport, count: int) -> Rate:
    left, stop, counting = [count], threading.Event(), threading.Lock()

    def handle(execute: Execute, handled: Event) -> None:
        press.take_effect(execute, handled)
        with counting:
            left[0] -= 1
        if left[0] == 0:
            stop.set()

    inbox = Inbox(database, press.QUEUE, {press.PRINTED: handle})
    consumer = Consumer(transport, {press.QUEUE: inbox}, [press.READER], workers=WORKERS)

    def consume() -> int:
        consumer.run(stop)
        return count

    return timed(consume)


def _plain_loop(database: PlainDatabase, broker_url: str, count: int) -> Rate:
    """As safe, and in order, but one event after the other; it neither retries nor holds back."""
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(broker_url))) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=100)
        messages: Iterator[Any] = channel.consume(press.QUEUE)

        def consume() -> int:
            for _ in range(count):
                method, _, body = next(messages)
                _handle(database, envelope.decode(body))
                channel.basic_ack(method.delivery_tag)
            return count

        return timed(consume)


def _handle(database: PlainDatabase, event: Event) -> None:
    moment = clock.to_database(clock.now())
    row = (press.QUEUE, str(event.id), event.type, event.partition_key, event.sequence, moment, moment)
    with database.transaction() as transaction:
        if transaction.execute(_RECORD, row):
            press.take_effect(transaction.execute, event)
