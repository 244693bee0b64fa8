"""Which other services' databases can be read from here: on one machine all, in a cluster none."""

import os
from pathlib import Path

from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase, sqlite_path
from chassis.events.databases.tables import require_tables
from chassis.settings import SettingsError

SUFFIX = "_DATABASE_URL"
_SQLITE = "sqlite:///"


class DatabaseUnreachable(Exception):  # noqa: N818  says what happened, as do its fellows
    """A database cannot be read from here; the message says why."""


def urls(service: str, own_url: str, named: list[str]) -> dict[str, str]:
    """The other services' URLs: those in the environment, those named, and SQLite files beside the own one.

    Raises SettingsError for a name without a URL.
    """
    found = {**_beside(own_url), **_in_environment(), **dict(map(_named, named))}
    return {name: url for name, url in found.items() if name != service}


def connect(service: str, url: str) -> PlainDatabase:
    """A service's database with its tables; raises DatabaseUnreachable."""
    if url.startswith(_SQLITE) and not Path(sqlite_path(url)).is_file():
        raise DatabaseUnreachable(f"there is no file {sqlite_path(url)}")
    try:
        database = plain.connect(url)
        require_tables(database, service)
    except SettingsError as error:
        raise DatabaseUnreachable(str(error)) from error
    try:
        with database.transaction() as transaction:
            transaction.execute("SELECT 1")
    except Exception as error:
        raise DatabaseUnreachable(" ".join(str(error).split())) from error
    return database


def _beside(own_url: str) -> dict[str, str]:
    if not own_url.startswith(_SQLITE):
        return {}
    own = Path(sqlite_path(own_url))
    others = [path for path in sorted(own.parent.glob("*.sqlite3")) if path != own and _has_tables(path)]
    return {path.stem: f"{_SQLITE}{path}" for path in others}


def _has_tables(path: Path) -> bool:
    database = plain.connect(f"{_SQLITE}{path}")
    try:
        with database.transaction() as transaction:
            return bool(transaction.execute("SELECT 1 FROM sqlite_master WHERE name = 'inbox_event'"))
    except Exception:  # noqa: BLE001  whatever this file is, it is no service's database
        return False
    finally:
        database.close()


def _in_environment() -> dict[str, str]:
    return {name.removesuffix(SUFFIX).lower(): url for name, url in os.environ.items() if name.endswith(SUFFIX)}


def _named(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    if not equals:
        raise SettingsError(f"--database takes NAME=URL, not {text!r}.")
    return name, url
