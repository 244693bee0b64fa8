"""The file of the embedded transport: its tables, and transactions in it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from chassis.events.databases.sqlite import open_sqlite
from chassis.events.topology import DEAD
from chassis.events.transports import TransportLost

COPIES = "copies"
"""What is bound to this name is kept for a while for all who listen, whether or not they are there."""
COPY_SECONDS = 60.0
"""How long copies are kept, and made for listeners who stopped asking."""

_TABLES = """
CREATE TABLE IF NOT EXISTS bus_message (
    id integer PRIMARY KEY AUTOINCREMENT, event_id text NOT NULL, type text NOT NULL, body blob NOT NULL
);
CREATE TABLE IF NOT EXISTS bus_binding (
    queue text NOT NULL, pattern text NOT NULL, expires_at real, PRIMARY KEY (queue, pattern)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_delivery (
    queue text NOT NULL, message_id integer NOT NULL, key text NOT NULL, headers text NOT NULL DEFAULT '{}',
    deliveries integer NOT NULL DEFAULT 0, lease_owner text, lease_until real, PRIMARY KEY (queue, message_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bus_copy (
    id integer PRIMARY KEY AUTOINCREMENT, type text NOT NULL, headers text NOT NULL, body blob NOT NULL,
    kept_until real NOT NULL
);
CREATE INDEX IF NOT EXISTS bus_delivery_key ON bus_delivery (queue, key, message_id);
CREATE INDEX IF NOT EXISTS bus_delivery_message ON bus_delivery (message_id);
"""


def open_bus(path: str) -> sqlite3.Connection:
    """A connection to the bus file, made with its tables when it is not there; raises TransportLost."""
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        connection = open_sqlite(path)
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
    except (sqlite3.OperationalError, OSError) as error:
        raise TransportLost(f"the bus file {path} cannot be used: {error}") from error
    return connection


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A short transaction that may write; raises TransportLost when the file is not to be had."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
    except sqlite3.OperationalError as error:
        raise TransportLost(f"the bus file cannot be used: {error}") from error


def exists(connection: sqlite3.Connection, queue: str) -> bool:
    """Whether something is bound to a queue, or to the one whose dead letters it keeps."""
    names = (queue, queue.removesuffix(DEAD))
    return connection.execute("SELECT 1 FROM bus_binding WHERE queue IN (?, ?)", names).fetchone() is not None


@cache
def matcher(pattern: str) -> re.Pattern[str]:
    """A topic pattern of AMQP as a regular expression: ``*`` is one word, ``#`` any number of them."""
    wildcards = {"*": r"[^.]+", "#": r".*"}
    expression = r"\.".join(wildcards.get(word, re.escape(word)) for word in pattern.split("."))
    return re.compile(expression.replace(r"\..*", r"(\..*)?").replace(r".*\.", r"(.*\.)?"))
