"""P3 and P8: from the outbox to confirmed and marked; beside it the naive loop and a Celery task per event."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pika
from celery import Celery
from chassis.events import envelope, transports
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase

from benchmarks.events import press
from benchmarks.results import Figure
from launcher.servers import Postgres

_NEXT = "SELECT id, event_id, envelope FROM outbox_event WHERE published_at IS NULL ORDER BY id LIMIT 1"
_MARK = "UPDATE outbox_event SET published_at = now() WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast something went: events a second, and this process's CPU for one, in microseconds."""

    per_second: float
    cpu_micros: float


def timed(work: Callable[[], int]) -> Rate:
    """Measure work that tells how many events it was done with."""
    started, cpu_started = time.perf_counter(), time.process_time()
    count = work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
    return Rate(round(count / seconds), round(cpu / count * 1e6))


def measure(postgres: Postgres, broker_url: str, *, quick: bool) -> list[Figure]:
    """The relay on a fresh backlog and on a large one, and the others on the same rows."""
    backlog = 100_000 if quick else 1_000_000
    transport = transports.connect(broker_url)
    transport.apply([press.READER])
    with outbox(postgres, "press") as database:
        _drained(database, transport, 4_000, at_least=4_000)  # warms the servers up
        naive = _naive(database, broker_url, 300 if quick else 1_500)
        peer = _celery(broker_url, 500 if quick else 3_000)
        small = _small_backlogs(database, transport.publisher(), rounds=5 if quick else 20)
        amount = 10_000 if quick else 40_000
        ours = _drained(database, transport, amount, at_least=amount)
        large = _drained(database, transport, backlog, at_least=amount)
    return [*_rates(ours, naive, peer), _growth(large, small, backlog)]


@contextlib.contextmanager
def outbox(postgres: Postgres, name: str) -> Iterator[PlainDatabase]:
    """A new database with the tables."""
    database = plain.connect(postgres.create_database(name))
    press.create_tables(database)
    with contextlib.closing(database):
        yield database


def _naive(database: PlainDatabase, broker_url: str, count: int) -> Rate:
    """One row, one publish, one confirm, one UPDATE; then the next."""
    press.fill(database, count)
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(broker_url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()

        def publish_all() -> int:
            for _ in range(count):
                with database.transaction() as transaction:
                    row_id, event_id, body = transaction.execute(_NEXT)[0]
                    properties = pika.BasicProperties(delivery_mode=2, message_id=str(event_id))  # type: ignore[no-untyped-call]
                    channel.basic_publish("events", press.PRINTED, body.encode(), properties, mandatory=True)
                    transaction.execute(_MARK, (row_id,))
            return count

        return timed(publish_all)


def _celery(broker_url: str, count: int) -> Rate:
    """A Celery task per event, as sent from ``on_commit``: confirmed, on a quorum queue; without an outbox."""
    app = Celery("peer", broker=broker_url, set_as_current=False)
    app.conf.update(
        broker_transport_options={"confirm_publish": True},
        task_default_queue="peer.jobs",
        task_default_queue_type="quorum",
        task_default_exchange_type="topic",
        task_ignore_result=True,
    )
    body = envelope.encode(press.article(0)).decode()
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:

        def send_all() -> int:
            for _ in range(count):
                app.send_task("peer.article_printed", args=(body,), producer=producer)
            return count

        return timed(send_all)


def _drained(database: PlainDatabase, transport: transports.Transport, backlog: int, *, at_least: int) -> Rate:
    """The relay's rate with so many events waiting. It connects when they are there: filling outlasts heartbeats."""
    press.fill(database, backlog)
    with contextlib.closing(transport.publisher()) as publisher:
        return timed(lambda: press.drain(database, publisher, at_least=at_least))


def _small_backlogs(database: PlainDatabase, publisher: transports.Publisher, *, rounds: int) -> Rate:
    """The relay's rate with a thousand events waiting, several times over; filling does not count."""
    with contextlib.closing(publisher):
        seconds = cpu = 0.0
        for _ in range(rounds):
            press.fill(database, 1_000)
            rate = timed(lambda: press.drain(database, publisher, at_least=1_000))
            seconds += 1_000 / rate.per_second
            cpu += rate.cpu_micros
    return Rate(round(rounds * 1_000 / seconds), round(cpu / rounds))


def _rates(ours: Rate, naive: Rate, peer: Rate) -> list[Figure]:
    ratio = round(ours.per_second / naive.per_second, 1)
    beside = {"naive": naive.per_second, "Celery task per event, no outbox": peer.per_second}
    cpu = {"cpu µs": ours.cpu_micros, "naive cpu µs": naive.cpu_micros, "Celery cpu µs": peer.cpu_micros}
    return [
        Figure(
            id="P3",
            what="outbox to confirmed and marked",
            value=ours.per_second,
            unit="events/s",
            target=">= 5000",
            holds=ours.per_second >= 5_000,
            beside=beside | cpu,
        ),
        Figure(
            id="P3-ratio",
            what="the same, over publish-confirm-update",
            value=ratio,
            unit="times",
            target=">= 12",
            holds=ratio >= 12,
            beside=beside,
            ratio=ratio,
        ),
    ]


def _growth(large: Rate, small: Rate, backlog: int) -> Figure:
    growth = round(large.per_second / small.per_second, 2)
    return Figure(
        id="P8-backlog",
        what=f"rate with {backlog:,} waiting, over 1,000",
        value=growth,
        unit="times",
        target=">= 0.7",
        holds=growth >= 0.7,
        beside={"large": large.per_second, "small": small.per_second, "large cpu µs": large.cpu_micros},
        ratio=growth,
    )
