"""Errors of the database as answers."""

import pytest
from chassis.django.exceptions import problem_of
from django.db import IntegrityError, InterfaceError, OperationalError


class DriverError(Exception):
    """As psycopg's, which has the SQLSTATE, or None where there is no connection."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


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


@pytest.mark.parametrize(
    "error",
    [
        caused(OperationalError("no such table"), Exception()),
        caused(OperationalError(), DriverError("42P01")),
        caused(IntegrityError(), DriverError("23505")),
    ],
)
def test_defect_in_a_statement_stays_a_defect(error: Exception) -> None:
    assert problem_of(error) is None
