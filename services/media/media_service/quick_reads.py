"""Single rows for the event loop, read past SQLAlchemy's sessions, which take ten times as long as the row does.

For what is asked very often and can be asked another way where this gives nothing.
"""

import asyncio
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from sqlalchemy import URL, Dialect, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url

CONNECTIONS = 2
"""At most, beside those of the pool: a row takes a fraction of a millisecond, and who finds none asks another way."""
PATIENCE_SECONDS = 1.0

Row = Any
"""A named tuple of what a statement selects."""
Convert = Callable[[Any], Any]


class QuickRead:
    """A statement as one database takes it, all of whose parameters have names; constants are a part of it."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        bound = compiled.binds.items()
        self._sent = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in bound}
        columns = statement.selected_columns
        self._read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._named = _row_of(columns.keys())

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _converted(self._sent[name], value) for name, value in values.items()}

    def row(self, found: Sequence[Any] | None) -> Row | None:
        return self._named(*map(_converted, self._read, found)) if found else None


class QuickReads(Protocol):
    """One database; for one event loop."""

    @property
    def dialect(self) -> Dialect: ...

    async def one(self, read: QuickRead, **values: Any) -> Row | None:
        """The row of a statement, or None; raises Busy where it cannot be had at once."""

    async def close(self) -> None: ...


class Busy(Exception):  # noqa: N818  said of the database
    """There is no connection for it, or no answer: ask another way."""


def quick_reads(url: str) -> QuickReads:
    """For the database of the settings; nothing is connected yet."""
    parsed = make_url(url)
    return _Postgres(url) if parsed.drivername == "postgresql" else _Sqlite(parsed)


class _Postgres:
    dialect: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[psycopg.AsyncCursor] = []
        self._busy = 0

    async def one(self, read: QuickRead, **values: Any) -> Row | None:
        if self._busy == CONNECTIONS:
            raise Busy
        self._busy += 1
        cursor = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                cursor = self._idle.pop() if self._idle else await self._connect()
                await cursor.execute(read.text, read.parameters(values))
                found = await cursor.fetchone()
            self._idle.append(cursor)
            cursor = None
        except (psycopg.Error, TimeoutError) as error:
            raise Busy from error
        finally:
            self._busy -= 1
            if cursor:
                await cursor.connection.close()
        return read.row(found)

    async def close(self) -> None:
        for cursor in self._idle:
            await cursor.connection.close()

    async def _connect(self) -> psycopg.AsyncCursor:
        return (await psycopg.AsyncConnection.connect(self._url, autocommit=True)).cursor(binary=True)


class _Sqlite:
    """A row of a file that is at hand takes no longer than to hand the question to a thread."""

    dialect: Dialect = SQLiteDialect_pysqlite(paramstyle="named")

    def __init__(self, url: URL) -> None:
        self._file = url.database or ""
        self._connection: sqlite3.Connection | None = None

    async def one(self, read: QuickRead, **values: Any) -> Row | None:
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(f"file:{quote(self._file)}?mode=ro", uri=True, timeout=0)
            return read.row(self._connection.execute(read.text, read.parameters(values)).fetchone())
        except sqlite3.Error as error:
            await self.close()
            raise Busy from error

    async def close(self) -> None:
        if self._connection:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _converted(convert: Convert | None, value: Any) -> Any:
    return convert(value) if convert else value


def _row_of(names: Iterable[str]) -> Callable[..., Row]:
    return namedtuple("Row", names)
