"""Jobs in one SQLite file on a local disk, where there is no broker: a transport of kombu.

A job is a row from the moment it is queued, whole or not at all, and is taken in the order of the queue. Whoever takes
it leases it until it is acknowledged; when a worker dies the lease runs out, and the job is the first to be taken.
With the transports of kombu it would be gone: findings/kombu-taken-is-gone.sh.
"""

import contextlib
import os
import sqlite3
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar
from uuid import uuid4

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

from chassis.events.databases.sqlite import open_sqlite
from chassis.liveness import Loop, Watch
from chassis.logging import get_logger

LEASE_SECONDS = 15.0
POLL_SECONDS = 0.1
DELIVERY_LIMIT = 20
"""How often a job may be taken without an answer before it is given up: it kills whoever takes it."""

_TABLE = """
CREATE TABLE IF NOT EXISTS job (
    id integer PRIMARY KEY AUTOINCREMENT, queue text NOT NULL, message text NOT NULL,
    deliveries integer NOT NULL DEFAULT 0, lease_owner text, lease_until real
);
CREATE INDEX IF NOT EXISTS job_queue ON job (queue, id);
"""
_FREE = """
SELECT id FROM job WHERE queue = :queue
AND (lease_until IS NULL OR (lease_until < :now AND lease_owner <> :owner)) ORDER BY id LIMIT 1
"""
_LEASE = f"""
UPDATE job SET lease_owner = :owner, lease_until = :until, deliveries = deliveries + 1 WHERE id = ({_FREE})
RETURNING id, message, deliveries
"""  # noqa: S608  made of constants
_RENEW = "UPDATE job SET lease_until = ? WHERE lease_owner = ?"
_RELEASE = """
UPDATE job SET lease_owner = NULL, lease_until = NULL, deliveries = deliveries - 1 WHERE id = ? AND lease_owner = ?
"""
log = get_logger()


class JobFile:
    """A connection to the file for the threads of one process; a forked one opens its own."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._process = 0
        self._connection: sqlite3.Connection | None = None
        self._of_parents: list[object] = []  # closing one here would break it there

    def execute(self, sql: str, parameters: Any = ()) -> list[Any]:
        """Run one statement, which is a transaction; raises sqlite3.Error when the file is not to be had."""
        with self._lock:
            return self._open().execute(sql, parameters).fetchall()

    def close(self) -> None:
        with self._lock:
            if self._connection and self._process == os.getpid():
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            self._of_parents.append(self._connection)
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            self._connection = open_sqlite(self._path)
            self._connection.executescript(f"BEGIN IMMEDIATE; {_TABLE} COMMIT;")
            self._process = os.getpid()
        return self._connection


class QoS(virtual.QoS):
    """What was taken and not answered yet; the answers go to the file."""

    channel: "Channel"

    def ack(self, delivery_tag: str) -> None:
        self.channel.ack(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if requeue:
            self.channel.release(delivery_tag)
        else:
            self.channel.ack(delivery_tag)
        super().ack(delivery_tag)


class Channel(virtual.Channel):
    """Queues jobs and takes them; who takes keeps the leases of what it took."""

    QoS = QoS

    def __init__(self, connection: "Transport", **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        options: Any = connection.client
        self._file = JobFile(options.transport_options["path"])
        self._owner = str(uuid4())
        self._done: set[str] = set()  # what the file could not be told yet
        self._leases: Loop | None = None

    def ack(self, number: str) -> None:
        """A job is done with; where the file cannot be written it is told later."""
        self._done.add(number)
        with contextlib.suppress(sqlite3.Error):
            self._forget_done()

    def release(self, number: str) -> None:
        """Give a job back to be taken by others; if that fails its lease runs out."""
        with contextlib.suppress(sqlite3.Error):
            self._file.execute(_RELEASE, (number, self._owner))

    def close(self) -> None:
        if self._leases:
            self._leases.stop()
        super().close()
        self._file.close()

    def _put(self, queue: str, message: dict[str, Any], **_: Any) -> None:
        self._file.execute("INSERT INTO job (queue, message) VALUES (?, ?)", (queue, dumps(message)))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002  kombu's signature
        now = time.time()
        free = {"queue": queue, "now": now, "owner": self._owner, "until": now + LEASE_SECONDS}
        # looking only reads, so that idling is in nobody's way
        if not self._file.execute(_FREE, free) or not (leased := self._file.execute(_LEASE, free)):
            raise Empty
        if self._leases is None:
            self._leases = Loop("job-leases", self._keep_leases, within=4 * LEASE_SECONDS)
        return self._message(*leased[0])

    def _message(self, number: int, text: str, deliveries: int) -> dict[str, Any]:
        try:
            message: dict[str, Any] = loads(text)
            message["properties"]["delivery_tag"] = str(number)
            message["properties"]["delivery_info"]["redelivered"] = deliveries > 1
        except (ValueError, KeyError, TypeError):
            log.exception("job cannot be read, given up", number=number)
        else:
            if deliveries <= DELIVERY_LIMIT:
                return message
            log.error("job given up", number=number, deliveries=deliveries, task=message["headers"].get("task"))
        self.ack(str(number))
        raise Empty

    def _keep_leases(self) -> float:
        try:
            self._forget_done()
            self._file.execute(_RENEW, (time.time() + LEASE_SECONDS, self._owner))
        except sqlite3.OperationalError as error:
            log.warning("leases of jobs not renewed", error=str(error))
        return LEASE_SECONDS / 3

    def _forget_done(self) -> None:
        for number in list(self._done):
            self._file.execute("DELETE FROM job WHERE id = ?", (number,))
            self._done.discard(number)

    def _restore(self, message: Any) -> None:
        self.release(message.delivery_tag)

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:  # noqa: ARG002
        # jobs go by the name of their queue, whoever takes them; nobody is told Celery's own events
        return [routing_key] if exchange in {"", routing_key} else []

    def _size(self, queue: str) -> int:
        return int(self._file.execute("SELECT count(*) FROM job WHERE queue = ?", (queue,))[0][0])

    def _purge(self, queue: str) -> int:
        return len(self._file.execute("DELETE FROM job WHERE queue = ? RETURNING id", (queue,)))


class Transport(virtual.Transport):
    """kombu asks it for channels, and to wait for the next job."""

    Channel = Channel
    polling_interval = POLL_SECONDS  # a worker looks once in vain after every job
    connection_errors = (*virtual.Transport.connection_errors, sqlite3.Error, OSError)
    driver_type = driver_name = "sqlite"
    watch: ClassVar[Watch | None] = None
    """Told each time the worker looks for jobs."""

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        if self.watch:
            self.watch.tick()
        super().drain_events(connection, timeout, **kwargs)

    def driver_version(self) -> str:
        return sqlite3.sqlite_version

    def _deliver(self, message: dict[str, Any], queue: str | None) -> None:
        if self.watch:
            self.watch.idle()  # it may run the job itself, which has a limit of its own
        super()._deliver(message, queue)
