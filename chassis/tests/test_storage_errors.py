"""Which errors mean that a disk is full, or cannot be written."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from chassis.events.databases.django import DjangoDatabase
from chassis.events.databases.postgres import PostgresDatabase
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.databases.sqlite import SqliteDatabase
from chassis.storage_errors import storage_error_code, storage_problem
from django.db import OperationalError as DjangoOperationalError
from sqlalchemy import create_engine, exc

Failing = Callable[[Path], object]


def raised(work: Callable[[], object]) -> Exception:
    """The error that doing this raises."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  whatever it is
        return error
    raise AssertionError("it raised nothing")


def sqlite_says(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    return error


def of_full_file(folder: Path) -> Exception:
    """What SQLite says in truth, of a file that may grow no more."""
    with closing(sqlite3.connect(folder / "full")) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        return raised(lambda: connection.execute("CREATE TABLE post (title text)"))


def of_file_for_reading(folder: Path) -> Exception:
    sqlite3.connect(folder / "read").close()
    with closing(sqlite3.connect(f"file:{folder}/read?mode=ro", uri=True)) as connection:
        return raised(lambda: connection.execute("CREATE TABLE post (title text)"))


def test_full_is_told_from_unwritable_and_from_a_defect(tmp_path: Path) -> None:
    full = of_full_file(tmp_path)
    assert storage_error_code(full) == "storage_full"
    assert storage_error_code(exc.OperationalError("INSERT", {}, full)) == "storage_full"
    assert (
        storage_error_code(sqlite_says(sqlite3.SQLITE_IOERR_SHMSIZE)) == "storage_full"
    )  # in its words a disk I/O error
    assert storage_error_code(sqlite_says(sqlite3.SQLITE_IOERR_FSYNC)) == "storage_unavailable"
    assert storage_error_code(psycopg.errors.DiskFull()) == "storage_full"
    assert storage_error_code(OSError(errno.EDQUOT, "quota")) == "storage_full"
    assert storage_error_code(of_file_for_reading(tmp_path)) == "storage_unavailable"
    assert storage_error_code(OSError(errno.EROFS, "read-only")) == "storage_unavailable"
    assert storage_error_code(FileNotFoundError(errno.ENOENT, "none")) is None
    assert storage_error_code(sqlite3.OperationalError("no such table")) is None
    assert storage_error_code(psycopg.errors.UniqueViolation()) is None


def test_client_is_told_when_to_come_back() -> None:
    problem = storage_problem(OSError(errno.ENOSPC, "full"))
    assert problem
    assert (problem.status, problem.code, problem.headers["Retry-After"]) == (503, "storage_full", "30")
    assert storage_problem(RuntimeError()) is None


@pytest.mark.django_db
def test_events_wait_while_a_disk_is_full(tmp_path: Path) -> None:
    """What is lost is waited for; what is not would end a relay, and park an event."""
    full = of_full_file(tmp_path)
    from_django = DjangoOperationalError()
    from_django.__cause__ = full
    assert SqliteDatabase(str(tmp_path / "events")).is_lost(full)
    assert DjangoDatabase().is_lost(from_django)
    assert not DjangoDatabase().is_lost(DjangoOperationalError())
    engine = create_engine("sqlite://")
    assert SqlAlchemyDatabase(engine).is_lost(exc.OperationalError("INSERT", {}, full))
    assert not SqlAlchemyDatabase(engine).is_lost(exc.OperationalError("INSERT", {}, Exception()))
    engine.dispose()


@pytest.mark.servers
def test_relay_waits_while_the_disk_of_postgresql_is_full(postgres_url: str) -> None:
    database = PostgresDatabase(postgres_url)
    with database.transaction() as transaction:
        transaction.execute("SELECT 1")
    assert database.is_lost(psycopg.errors.DiskFull())
    assert not database.is_lost(psycopg.errors.UniqueViolation())
    database.close()
