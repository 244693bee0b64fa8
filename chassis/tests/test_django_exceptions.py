"""Errors of the database as answers."""

import errno
import json
import sqlite3

import pytest
from chassis.django.error_views import server_error
from chassis.django.exceptions import problem_of
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import RequestFactory


class DriverError(Exception):
    """As psycopg's, which has the SQLSTATE, or None where there is no connection."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def sqlite_says(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = code
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("state", [None, "57P01", "08006", "40P01", "53300", "55P03"])
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_database_that_is_away_for_a_moment_is_503_with_a_time_to_come_back(
    kind: type[Exception], state: str | None
) -> None:
    problem = problem_of(caused(kind(), DriverError(state)))
    assert problem
    assert (problem.status, problem.code) == (503, "database_unavailable")
    assert problem.headers["Retry-After"] == "1"


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED])
def test_sqlite_that_others_write_to_for_too_long_is_503(code: int) -> None:
    problem = problem_of(caused(OperationalError(), sqlite_says(code)))
    assert problem
    assert (problem.status, problem.code) == (503, "database_unavailable")


@pytest.mark.parametrize(
    "error",
    [
        caused(OperationalError("no such table"), Exception()),
        caused(OperationalError("no such table"), sqlite_says(sqlite3.SQLITE_ERROR)),
        caused(OperationalError(), DriverError("42P01")),
        caused(IntegrityError(), DriverError("23505")),
    ],
)
def test_defect_in_a_statement_stays_a_defect(error: Exception) -> None:
    assert problem_of(error) is None


@pytest.mark.parametrize(
    "error",
    [
        caused(OperationalError(), DriverError("53100")),
        caused(OperationalError(), sqlite_says(sqlite3.SQLITE_FULL)),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_full_disk_is_one_kind_whoever_says_so(error: Exception, rf: RequestFactory) -> None:
    problem = problem_of(error)
    assert problem
    assert (problem.status, problem.code, problem.headers["Retry-After"]) == (503, "storage_full", "30")
    try:
        raise error
    except (OperationalError, OSError):
        answer = server_error(rf.get("/api/v1/posts"))  # as for what no view of REST framework raised
    assert (answer.status_code, json.loads(answer.content)["code"]) == (503, "storage_full")


def test_defect_outside_of_any_view_is_500(rf: RequestFactory) -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        assert server_error(rf.get("/api/v1/posts")).status_code == 500
    assert server_error(rf.get("/api/v1/posts")).status_code == 500
