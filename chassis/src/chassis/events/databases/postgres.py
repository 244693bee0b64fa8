"""PostgreSQL through psycopg."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from chassis.events import outbox
from chassis.events.databases.plain_transaction import PlainTransaction
from chassis.events.ddl import Dialect
from chassis.storage_errors import storage_error_code

CONNECT_SECONDS = 5


class PostgresDatabase:
    """A PostgreSQL database; each thread has a connection of its own."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[PlainTransaction]:
        connection = self._connection()
        with connection.transaction():
            yield PlainTransaction(connection, "%s")

    def is_lost(self, error: Exception) -> bool:
        connection = self._local.__dict__.get("connection")
        if not isinstance(error, psycopg.Error):
            return False
        if connection and not connection.closed:
            return storage_error_code(error) is not None
        self.close()
        return True

    def wait(self, seconds: float) -> None:
        connection = self._connection()
        if not self._local.__dict__.get("listening"):
            connection.execute(f"LISTEN {outbox.CHANNEL}")
            self._local.listening = True
            return  # what was committed before listening is not notified
        for _notification in connection.notifies(timeout=seconds, stop_after=1):
            pass

    def close(self) -> None:
        self._local.__dict__.pop("listening", None)
        if connection := self._local.__dict__.pop("connection", None):
            connection.close()

    def _connection(self) -> Any:
        connection = self._local.__dict__.get("connection")
        if connection is None or connection.closed:
            self.close()
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_SECONDS)
            self._local.connection = connection
        return connection
