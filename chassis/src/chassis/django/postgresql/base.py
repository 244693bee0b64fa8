"""The ENGINE: a connection of the pool is asked whether it lives once a second, and times are read in one go."""

import select
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader
from psycopg_pool import ConnectionPool

ASK_SECONDS = 1.0
_ASK_AT = "_ask_at"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own but for what its pool does first, and for what reads ``timestamptz``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        if self.pool:
            self.pool._check = require_alive  # noqa: SLF001  Django lets nobody choose
        connection: Connection[Any] = super().get_new_connection(conn_params)
        return connection

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        return params | {"context": _reading_times(params["context"])}


def require_alive(connection: Connection[Any], clock: Callable[[], float] = time.monotonic) -> None:
    """Let through a connection whose server answered within the last second, and has closed nothing since.

    Another one is asked. Raises psycopg.OperationalError where it is dead, for which the pool gives the next one.
    """
    now, own = clock(), vars(connection)
    if now >= own.get(_ASK_AT, now) or _has_news(connection):
        ConnectionPool.check_connection(connection)
        own[_ASK_AT] = now + ASK_SECONDS


def _has_news(connection: Connection[Any]) -> bool:
    """Whether there is something to read that nobody has asked for: at the end of a connection there is."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@cache
def _reading_times(template: AdaptersMap) -> AdaptersMap:
    """Django's adapters, whose own loader takes each time apart in Python."""
    context = AdaptersMap(template)
    context.register_loader("timestamptz", UtcLoader)
    return context


class UtcLoader(TimestamptzLoader):
    """Reads times of connections whose zone is UTC, as all of Django's are here."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:  # beyond what Python has; it is said why
            return super().load(data)
