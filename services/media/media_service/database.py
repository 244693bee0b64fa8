"""The database: engines for SQLite and PostgreSQL, and transactions to read and to write in.

Business code is synchronous on a Session. Routes call it through AsyncDatabase, jobs and commands through Database.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from chassis.database_pool import Usage
from sqlalchemy import URL, Connection, DateTime, Dialect, Engine, QueuePool, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from media_service import quick_reads

P = ParamSpec("P")
T = TypeVar("T")

WRITING = {"begin": "BEGIN IMMEDIATE"}  # in SQLite a reader that turns writer fails; one that begins as a writer waits
MORE_CONNECTIONS = 10
"""Than the five that stay open; docs/capacity.md counts with it."""
POSTGRESQL_LIMITS = "-c statement_timeout=30s -c lock_timeout=10s"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database does not know time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime()}


class Database:
    """Transactions for code that may wait."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(_url(url, sqlite_driver="pysqlite"), **_options(url))
        _prepare(self.engine)
        self.writing_engine = self.engine.execution_options(**WRITING)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read in."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose transaction commits at the end, and rolls back on an exception."""
        with Session(self.writing_engine, expire_on_commit=False) as session, session.begin():
            yield session


class AsyncDatabase:
    """Transactions as Database has them, for the event loop: each call is one."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(_url(url, sqlite_driver="aiosqlite"), **_options(url))
        _prepare(self._engine.sync_engine)
        self._writing_engine = self._engine.execution_options(**WRITING)

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a selector."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            return await session.run_sync(work, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a service, after its commit."""
        async with AsyncSession(self._writing_engine, expire_on_commit=False) as session, session.begin():
            return await session.run_sync(work, *args, **kwargs)

    def usage(self) -> Usage | None:
        """How much of the pool is in use; it does not tell who waits."""
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            return None
        return Usage(pool.checkedout(), pool.checkedin(), pool.size() + pool._max_overflow)  # noqa: SLF001  it tells nobody its most

    async def close(self) -> None:
        await self._engine.dispose()


def insert(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT, in the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def _url(url: str, *, sqlite_driver: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
    return parsed.set(drivername=f"sqlite+{sqlite_driver}")


def _options(url: str) -> dict[str, Any]:
    if url.startswith("postgresql"):
        limits = f"{POSTGRESQL_LIMITS} {os.environ.get('PGOPTIONS', '')}"  # the later wins: migrations have their own
        connecting = {"connect_timeout": 5, "options": limits.strip()}
        more = MORE_CONNECTIONS - quick_reads.CONNECTIONS
        return {"pool_pre_ping": True, "pool_timeout": 5, "max_overflow": more, "connect_args": connecting}  # seconds
    return {}


def _prepare(engine: Engine) -> None:
    """Make SQLite safe for several processes, and let SQLAlchemy say when a transaction begins."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else the driver begins transactions on its own
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "busy_timeout = 10000", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
