"""SQLite through the standard library."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from chassis.database_errors import is_transient
from chassis.events.databases.plain_transaction import PlainTransaction
from chassis.events.ddl import Dialect
from chassis.storage_errors import storage_error_code

BUSY_SECONDS = 10
POLL_SECONDS = 0.05


class SqliteDatabase:
    """A SQLite file; each thread has a connection of its own.

    A transaction that writes must begin with a write: one that has read before cannot wait for the write lock.
    """

    dialect: Dialect = "sqlite"

    def __init__(self, path: str) -> None:
        self._path = path
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[PlainTransaction]:
        connection = self._connection()
        connection.execute("BEGIN")
        try:
            yield PlainTransaction(connection, "?")
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def is_lost(self, error: Exception) -> bool:
        if not isinstance(error, sqlite3.OperationalError):
            return False
        return is_transient(error) or storage_error_code(error) is not None

    def wait(self, seconds: float) -> None:
        connection = self._connection()
        deadline = time.monotonic() + seconds
        while (version := data_version(connection)) == self._local.seen and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self._local.seen = version  # what is committed from here on ends the next wait at once

    def close(self) -> None:
        if connection := self._local.__dict__.pop("connection", None):
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        if "connection" not in self._local.__dict__:
            self._local.connection = open_sqlite(self._path)
            self._local.seen = None
        return cast("sqlite3.Connection", self._local.connection)


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection commits; asking costs no query."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def open_sqlite(path: str) -> sqlite3.Connection:
    """A connection whose commits survive a power cut, in a journal mode where readers and a writer do not wait."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection
