"""P4: from a commit in one service to the committed effect in another, at 200 events a second.

Press and reader are processes of their own, as in production: this one commits, one relays, one consumes.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from chassis.events import transports
from chassis.events.databases import plain

from benchmarks.events import press
from benchmarks.results import Figure
from launcher.servers import Postgres

PER_SECOND = 200
PATIENCE_SECONDS = 60


def measure_servers(postgres: Postgres, broker_url: str, *, quick: bool) -> list[Figure]:
    """On PostgreSQL and RabbitMQ."""
    databases = (postgres.create_database("latency_press"), postgres.create_database("latency_reader"))
    p50, p99 = _percentiles(_latencies(*databases, broker_url, seconds=5 if quick else 30))
    return [
        _figure("P4-p50", "commit to effect, RabbitMQ, median", p50, limit=25),
        _figure("P4-p99", "commit to effect, RabbitMQ, 99th percentile", p99, limit=150),
    ]


def measure_embedded(folder: Path, *, quick: bool) -> list[Figure]:
    """On SQLite files."""
    urls = [f"sqlite:///{folder}/{name}.sqlite3" for name in ("press", "reader", "bus")]
    p50, p99 = _percentiles(_latencies(*urls, seconds=5 if quick else 30))
    return [_figure("P4-embedded", "commit to effect, embedded, median", p50, limit=80, beside={"p99 ms": p99})]


def _latencies(press_url: str, reader_url: str, events_url: str, *, seconds: int) -> list[float]:
    """Milliseconds from each commit to its effect, in rising order."""
    database, readers_side = plain.connect(press_url), plain.connect(reader_url)
    for each in (database, readers_side):
        press.create_tables(each)
    with tempfile.NamedTemporaryFile() as results:
        with (
            _running("reader", reader_url, events_url, results.name),
            _running("relay", press_url, events_url, results.name),
        ):
            transport = transports.connect(events_url)
            _wait_until(lambda: transport.depth(press.QUEUE) is not None)
            committed = _publish_at_rate(database, seconds * PER_SECOND)
            _wait_until(lambda: press.effects(readers_side) == len(committed))
        effects = json.loads(Path(results.name).read_text())
    for each in (database, readers_side):
        each.close()
    return sorted((effects[event_id] - moment) * 1000 for event_id, moment in committed.items())


@contextlib.contextmanager
def _running(*arguments: str) -> Iterator[None]:
    """A process of the benchmark, stopped at the end as Kubernetes would."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.events.process", *arguments])
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _publish_at_rate(database: plain.PlainDatabase, count: int) -> dict[str, float]:
    """Commit one event after the other at the rate, and note by id when each commit had returned."""
    committed = {}
    started = time.perf_counter()
    for number in range(1, count + 1):
        time.sleep(max(0.0, started + number / PER_SECOND - time.perf_counter()))
        (event_id,) = press.publish(database, range(number, number + 1))
        committed[event_id] = time.time()
    return committed


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the processes of the benchmark did not come to an end in time")
        time.sleep(0.05)


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    return round(latencies[len(latencies) // 2], 1), round(latencies[int(len(latencies) * 0.99)], 1)


def _figure(
    figure_id: str, what: str, value: float, *, limit: int, beside: dict[str, float | str] | None = None
) -> Figure:
    return Figure(
        id=figure_id,
        what=what,
        value=value,
        unit="ms",
        beside={"events/s": PER_SECOND} | (beside or {}),
    ).at_most(limit)
