"""The embedded transport: one SQLite file on a local disk that the processes of one machine share.

A delivery is leased to its subscriber; a lease that is not renewed runs out and the message is delivered again. A key's
later messages wait while an earlier one is with another subscriber, so keys keep their order over several of them.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from chassis.events.databases.plain import sqlite_path
from chassis.events.topology import Queue
from chassis.events.transports import Depth, Publisher, Subscription
from chassis.events.transports.sqlite_bus import exists, open_bus, writing
from chassis.events.transports.sqlite_listener import SqliteListener
from chassis.events.transports.sqlite_publisher import SqlitePublisher
from chassis.events.transports.sqlite_subscription import LEASE_SECONDS, SqliteSubscription


class SqliteTransport:
    """A Transport on a ``sqlite:///`` URL."""

    def __init__(self, url: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self._path = sqlite_path(url)
        self._lease_seconds = lease_seconds

    def publisher(self) -> Publisher:
        return SqlitePublisher(self._path)

    def subscribe(self, queues: Sequence[str], *, prefetch: int) -> Subscription:
        return SqliteSubscription(self._path, queues, prefetch, self._lease_seconds)

    def listen(self, *patterns: str) -> Subscription:
        return SqliteListener(self._path, patterns)

    @property
    def not_compared(self) -> None:
        return None

    def differences(self, queues: Sequence[Queue]) -> list[str]:
        with self._bus() as bus:
            bound = _bindings(bus)
        problems = []
        for queue in queues:
            have = {pattern for name, pattern in bound if name == queue.name}
            problems += [f"queue {queue.name} is not bound to {each}" for each in sorted(set(queue.types) - have)]
            problems += [f"queue {queue.name} is also bound to {each}" for each in sorted(have - set(queue.types))]
        return problems

    def apply(self, queues: Sequence[Queue]) -> list[str]:
        rows = [(queue.name, pattern) for queue in queues for pattern in queue.types]
        with self._bus() as bus, writing(bus):
            bus.executemany("INSERT OR IGNORE INTO bus_binding (queue, pattern) VALUES (?, ?)", rows)
        return self.differences(queues)

    def depth(self, queue: str) -> Depth | None:
        with self._bus() as bus:
            if not exists(bus, queue):
                return None
            row = bus.execute(
                "SELECT count(*) - count(CASE WHEN lease_until >= ? THEN 1 END) FROM bus_delivery WHERE queue = ?",
                (time.time(), queue),
            ).fetchone()
        return Depth(row[0], None)

    @contextmanager
    def _bus(self) -> Iterator[sqlite3.Connection]:
        with closing(open_bus(self._path)) as bus:
            yield bus


def _bindings(bus: sqlite3.Connection) -> list[tuple[str, str]]:
    return bus.execute("SELECT queue, pattern FROM bus_binding").fetchall()
