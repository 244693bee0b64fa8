"""What a client is told while a database cannot be reached, whatever the framework."""

import sqlite3

from chassis.logging import get_logger
from chassis.problems import Problem

_TRANSIENT = ("08", "40", "53", "55", "57")
"""SQLSTATE classes of connections, rollbacks, resources, locks, and of a server that stops or starts."""
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY = 0xFF
"""The part of an extended result code that says of which kind it is (https://www.sqlite.org/rescode.html)."""
log = get_logger()


def is_transient(driver_error: BaseException | None) -> bool:
    """Whether the same may work in a moment. PostgreSQL's driver gives no SQLSTATE where there is no connection.

    For its OperationalError and InterfaceError, and for SQLite's, whose other writers took longer than we wait.
    """
    if isinstance(driver_error, sqlite3.OperationalError):
        return getattr(driver_error, "sqlite_errorcode", 0) & _PRIMARY in _LOCKED
    state = getattr(driver_error, "sqlstate", "")
    return state is None or bool(state and state.startswith(_TRANSIENT))


def database_unavailable(error: Exception) -> Problem:
    """The 503 for a transient error, after a line in the log."""
    log.warning("database unavailable", error=repr(error))
    return Problem(503, "database_unavailable", "The database does not answer now; try again.")
