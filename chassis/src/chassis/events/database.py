"""What events need of a service's database: transactions, and SQL in them.

SQL is written once, with ``%s`` for values, and runs through the service's own connection: Django's, SQLAlchemy's, or a
plain driver's for what needs no framework.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from chassis.events.ddl import Dialect
from chassis.events.envelope import Event

Row = tuple[Any, ...]
Execute = Callable[[str, Sequence[object]], list[Row]]
"""Run one statement in the open transaction; gives the rows, or none."""
Handler = Callable[..., None]
"""Reacts to an event inside the consumer's transaction: ``(event)`` in Django services, ``(session, event)`` with
SQLAlchemy, ``(execute, event)`` on a plain driver. Raising means: roll back and try again later."""


class Transaction(Protocol):
    """An open transaction."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]: ...

    def call(self, handler: Handler, event: Event) -> None:
        """Run a handler in this transaction."""


class EventDatabase(Protocol):
    """A service's database, as events see it. Safe to use from several threads, each with its own connection."""

    @property
    def dialect(self) -> Dialect: ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Commits at the end, rolls back on an exception."""

    def is_lost(self, error: Exception) -> bool:
        """Whether the database, and not the statement, is the trouble: the connection is gone, its disk is full."""

    def close(self) -> None:
        """Give back this thread's connection."""
