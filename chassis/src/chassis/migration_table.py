"""The table in which a database keeps what was applied to it, read through a plain driver: no framework is imported."""

from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chassis.settings_error import SettingsError

Row = tuple[Any, ...]
CONNECT_SECONDS = 5
POSTGRES = ("postgresql://", "postgres://")


def read_rows(url: str, table: str, columns: str) -> list[Row]:
    """All rows of a table, none if it does not exist; raises SettingsError for a URL of neither database.

    When the database does not answer, its driver's error is raised.
    """
    if url.startswith("sqlite:///"):
        return _of_sqlite(urlsplit(url).path[1:], table, columns)
    if url.startswith(POSTGRES):
        return _of_postgres(url, table, columns)
    raise SettingsError("The database URL must begin with sqlite:/// or postgresql://.")


def _of_sqlite(file: str, table: str, columns: str) -> list[Row]:
    import sqlite3  # noqa: PLC0415  one of the two is never needed

    if not Path(file).exists():  # connecting would make it
        return []
    with closing(sqlite3.connect(file, timeout=CONNECT_SECONDS)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
        return connection.execute(f"SELECT {columns} FROM {table}").fetchall() if known.fetchone() else []  # noqa: S608


def _of_postgres(url: str, table: str, columns: str) -> list[Row]:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
        [known] = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone() or [False]
        return connection.execute(f"SELECT {columns} FROM {table}").fetchall() if known else []  # noqa: S608
