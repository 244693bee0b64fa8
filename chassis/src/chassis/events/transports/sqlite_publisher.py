"""Publishing on the embedded transport: a batch is one transaction."""

import json
import sqlite3
import time
from collections.abc import Sequence

from chassis.events.transports import Message, PublishOutcome
from chassis.events.transports.sqlite_bus import COPIES, COPY_SECONDS, exists, matcher, open_bus, writing


class SqlitePublisher:
    """A Publisher on the bus file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def ready(self) -> bool:
        self._open()
        return True

    def publish(self, messages: Sequence[Message], *, queue: str | None = None) -> dict[str, PublishOutcome]:
        connection = self._open()
        sent: dict[str, PublishOutcome] = {}
        stuck: set[str] = set()
        with writing(connection):
            bindings = self._bindings(connection)
            for message in messages:
                if message.key in stuck:
                    continue
                sent[message.id] = self._deliver(connection, message, self._queues(bindings, message, queue))
                if sent[message.id] is not PublishOutcome.CONFIRMED:
                    stuck.add(message.key)
        return sent

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_bus(self._path)
        return self._connection

    def _bindings(self, connection: sqlite3.Connection) -> list[tuple[str, str]]:
        now = time.time()
        connection.execute("DELETE FROM bus_binding WHERE expires_at < ?", (now,))
        connection.execute("DELETE FROM bus_copy WHERE kept_until < ?", (now,))
        return connection.execute("SELECT queue, pattern FROM bus_binding").fetchall()

    def _queues(self, bindings: list[tuple[str, str]], message: Message, queue: str | None) -> set[str]:
        if queue is not None and self._connection is not None:
            return {queue} if exists(self._connection, queue) else set()
        return {bound for bound, pattern in bindings if matcher(pattern).fullmatch(message.type)}

    def _deliver(self, connection: sqlite3.Connection, message: Message, queues: set[str]) -> PublishOutcome:
        copied = COPIES in queues
        queues = queues - {COPIES}
        if message.mandatory and not queues:
            return PublishOutcome.RETURNED
        headers = json.dumps({"message_id": message.id, **message.headers})
        if copied:
            copy = (message.type, headers, message.body, time.time() + COPY_SECONDS)
            connection.execute("INSERT INTO bus_copy (type, headers, body, kept_until) VALUES (?, ?, ?, ?)", copy)
        if not queues:
            return PublishOutcome.CONFIRMED
        row = (message.id, message.type, message.body)
        number = connection.execute("INSERT INTO bus_message (event_id, type, body) VALUES (?, ?, ?)", row).lastrowid
        connection.executemany(
            "INSERT INTO bus_delivery (queue, message_id, key, headers) VALUES (?, ?, ?, ?)",
            [(queue, number, message.key, headers) for queue in queues],
        )
        return PublishOutcome.CONFIRMED
