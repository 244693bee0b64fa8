"""Listening on the embedded transport: a reader of the copies in the file, which it does not change.

All listeners read the same rows, which go by themselves, so one that dies leaves nothing behind. Only that it is there
is written, every few seconds.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Sequence

from chassis.events.databases.sqlite import POLL_SECONDS, data_version
from chassis.events.transports import Delivery, TransportLost
from chassis.events.transports.sqlite_bus import COPIES, COPY_SECONDS, matcher, open_bus, writing

_READ = "SELECT id, type, headers, body FROM bus_copy WHERE id > ? ORDER BY id LIMIT 1000"


class SqliteListener:
    """A Subscription to copies of what is published."""

    def __init__(self, path: str, patterns: Sequence[str]) -> None:
        self._connection = open_bus(path)
        self._patterns = patterns
        self._matchers = [matcher(pattern) for pattern in patterns]
        self._woken = threading.Event()
        self._seen_version = -1
        self._asked_at = time.time()
        with writing(self._connection) as bus:
            self._ask(bus)
            self._last = bus.execute("SELECT coalesce(max(id), 0) FROM bus_copy").fetchone()[0]

    def receive(self, timeout: float) -> list[Delivery]:
        deadline = time.monotonic() + timeout
        self._ask_again()
        arrived = self._take()
        while not arrived and time.monotonic() < deadline and not self._woken.wait(POLL_SECONDS):
            version = data_version(self._connection)
            if version != self._seen_version:
                self._seen_version = version
                arrived = self._take()
        self._woken.clear()
        return arrived

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Nothing is owed for a copy."""

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """A copy is nobody's letter."""

    def wake(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self._connection.close()

    def _take(self) -> list[Delivery]:
        try:
            rows = self._connection.execute(_READ, (self._last,)).fetchall()
        except sqlite3.OperationalError as error:
            raise TransportLost(f"the bus file cannot be used: {error}") from error
        if rows:
            self._last = rows[-1][0]
        return [
            Delivery(COPIES, number, bytes(body), redelivered=False, headers=json.loads(headers))
            for number, type_name, headers, body in rows
            if any(each.fullmatch(type_name) for each in self._matchers)
        ]

    def _ask_again(self) -> None:
        """Keep copies being made; raises TransportLost when this process stood still so long that some may be gone."""
        silent = time.time() - self._asked_at
        if silent >= COPY_SECONDS:
            raise TransportLost(f"nothing was asked for {silent:.0f} s; copies may be gone")
        if silent >= COPY_SECONDS / 3:
            with writing(self._connection) as bus:
                self._ask(bus)

    def _ask(self, bus: sqlite3.Connection) -> None:
        self._asked_at = time.time()
        rows = [(COPIES, pattern, self._asked_at + COPY_SECONDS) for pattern in self._patterns]
        bus.executemany("INSERT OR REPLACE INTO bus_binding VALUES (?, ?, ?)", rows)
        bus.execute("DELETE FROM bus_copy WHERE kept_until < ?", (self._asked_at,))  # also while nobody publishes
