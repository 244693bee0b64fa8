"""What a client is told while a disk is full or cannot be written, by the system, SQLite or PostgreSQL."""

import errno
import sqlite3
from collections.abc import Iterator

from chassis.logging import get_logger
from chassis.problems import Problem

RETRY_SECONDS = 30
"""A disk is not made room on in a second."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNWRITABLE = frozenset({errno.EROFS, errno.EIO})
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})  # the latter is "disk I/O error"
_SQLITE_UNWRITABLE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_POSTGRESQL_FULL = "53100"
_POSTGRESQL_UNWRITABLE = "58030"
log = get_logger()


def storage_problem(error: BaseException) -> Problem | None:
    """The 503 for an error of a disk, after a line in the log; None for any other error."""
    kind = storage_error_code(error)
    if kind is None:
        return None
    log.error("storage away", code=kind, error=repr(error))
    detail = {
        "storage_full": "There is no room left to keep this; try again later.",
        "storage_unavailable": "Nothing can be kept at the moment; try again later.",
    }[kind]
    return Problem(503, kind, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def storage_error_code(error: BaseException) -> str | None:
    """``storage_full`` or ``storage_unavailable`` (read-only, broken) where a disk is the trouble, else None."""
    return next((kind for cause in _causes(error) if (kind := _trouble(cause))), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those of a driver or of the system that it was made from."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = getattr(found, "orig", None) or found.__cause__  # SQLAlchemy's, Django's


def _trouble(error: BaseException) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return _kind(code in _SQLITE_FULL, code & 0xFF in _SQLITE_UNWRITABLE)  # the rest tells what it was doing
    if isinstance(error, OSError):
        return _kind(error.errno in _FULL, error.errno in _UNWRITABLE)
    state = getattr(error, "sqlstate", None)
    return _kind(state == _POSTGRESQL_FULL, state == _POSTGRESQL_UNWRITABLE)


def _kind(full: bool, unwritable: bool) -> str | None:
    return "storage_full" if full else "storage_unavailable" if unwritable else None
