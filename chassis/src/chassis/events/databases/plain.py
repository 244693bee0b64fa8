"""A service's database through a plain driver, psycopg or sqlite3: for the relay and the ``events`` command."""

from typing import Protocol

from chassis.events.database import EventDatabase
from chassis.settings import SettingsError


class PlainDatabase(EventDatabase, Protocol):
    """An EventDatabase that needs no framework, and that can wait for the next event."""

    def wait(self, seconds: float) -> None:
        """Return when events may have been committed, and at the latest after ``seconds``."""


def connect(url: str) -> PlainDatabase:
    """The database of a plain ``postgresql://`` or ``sqlite:///`` URL; raises SettingsError for another one."""
    if url.startswith("sqlite:///"):
        from chassis.events.databases.sqlite import SqliteDatabase  # noqa: PLC0415  one of the two is never needed

        return SqliteDatabase(sqlite_path(url))
    if url.startswith(("postgresql://", "postgres://")):
        from chassis.events.databases.postgres import PostgresDatabase  # noqa: PLC0415

        return PostgresDatabase(url)
    raise SettingsError("The database URL must begin with sqlite:/// or postgresql://.")


def sqlite_path(url: str) -> str:
    """The file of a ``sqlite:///`` URL; three slashes are relative to the working directory, four absolute."""
    return url.removeprefix("sqlite:///")
