"""The consumer's rate: inbox row, trivial handler, commit and acknowledgement for each event."""

import threading

from chassis.events import transports
from chassis.events.consumer import Consumer
from chassis.events.databases import Execute
from chassis.events.envelope import Event
from chassis.events.inbox import Inbox
from chassis.events.process import WORKERS

from benchmarks.events import press
from benchmarks.events.publishing import outbox, timed
from benchmarks.results import Figure
from launcher.servers import Postgres


def measure(postgres: Postgres, broker_url: str, *, quick: bool) -> list[Figure]:
    """One consumer process with its usual worker threads, on a queue that is full."""
    count = 4_000 if quick else 20_000
    transport = transports.connect(broker_url)
    transport.apply([press.READER])
    with outbox(postgres, "reader_source") as source, outbox(postgres, "reader") as database:
        press.publish(source, range(count), per_transaction=500)
        left, stop = [count], threading.Event()
        counting = threading.Lock()

        def handle(execute: Execute, handled: Event) -> None:
            press.take_effect(execute, handled)
            with counting:
                left[0] -= 1
            if left[0] == 0:
                stop.set()

        publisher = transport.publisher()
        press.drain(source, publisher, at_least=count)
        publisher.close()
        inbox = Inbox(database, press.QUEUE, {press.PRINTED: handle})
        consumer = Consumer(transport, {press.QUEUE: inbox}, [press.READER], workers=WORKERS)

        def consume() -> int:
            consumer.run(stop)
            return count

        rate = timed(consume)
        effects = press.effects(database)
    if effects != count:
        raise AssertionError(f"{effects} effects of {count} events")
    return [
        Figure(
            id="consumer-rate",
            what="events handled through the inbox",
            value=rate.per_second,
            unit="events/s",
            target=">= 2000",
            holds=rate.per_second >= 2_000,
            beside={"cpu µs/event": rate.cpu_micros},
        )
    ]
