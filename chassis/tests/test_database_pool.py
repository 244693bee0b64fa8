"""What Prometheus learns of a pool of database connections."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chassis.database_pool import Usage, measure
from chassis.django.database_pool import usage
from chassis.django.postgresql.base import require_alive
from chassis.django.settings import database
from django.db.utils import ConnectionHandler, DataError
from prometheus_client import REGISTRY
from pytest_django import DjangoDbBlocker

from tests.support.waiting import eventually

MANY = 100
"""Threads, more than a pool has connections."""


@pytest.fixture
def postgresql(postgres_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """A connection of Django's to PostgreSQL, from a pool."""
    connection = connection_to(postgres_url)
    with django_db_blocker.unblock():
        yield connection
        connection.close()
        connection.close_pool()


def connection_to(url: str) -> Any:
    return ConnectionHandler({"default": database(url, "PRESS_DATABASE_URL")})["default"]


def test_connection_in_use_is_told_from_an_idle_one(postgresql: Any) -> None:
    assert usage(postgresql, MANY) is None, "nobody has used it"
    postgresql.ensure_connection()
    most = postgresql.pool.max_size
    found = {Usage(1, idle, most, 0) for idle in (0, 1)}  # it makes one in advance
    eventually(lambda: usage(postgresql, MANY) in found)
    postgresql.close()
    eventually(lambda: usage(postgresql, MANY) in {Usage(0, idle, most, 0) for idle in (1, 2)})


def test_pool_is_used_up_when_every_thread_has_a_connection(postgresql: Any) -> None:
    postgresql.ensure_connection()
    eventually(lambda: usage(postgresql, 1) in {Usage(1, idle, 1, 0) for idle in (0, 1)})


def test_sqlite_has_no_pool() -> None:
    assert (
        usage(ConnectionHandler({"default": database("sqlite:///:memory:", "PRESS_DATABASE_URL")})["default"], MANY)
        is None
    )


def test_usage_is_shown() -> None:
    measure(Usage(used=7, idle=2, most=10, waiting=3))
    shown = [REGISTRY.get_sample_value("db_client_connection_count", {"state": state}) for state in ("used", "idle")]
    assert shown == [7, 2]
    assert REGISTRY.get_sample_value("db_client_connection_max") == 10
    assert REGISTRY.get_sample_value("db_client_connection_pending_requests") == 3


def test_connection_that_its_server_has_closed_is_never_given(postgresql: Any, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as other:
        for _ in range(3):  # each of them answered just now
            backend = _backend(postgresql)
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
            assert _backend(postgresql) != backend


def test_connection_is_asked_whether_it_lives_once_a_second(postgres_url: str, tmp_path: Path) -> None:
    said = tmp_path / "messages"
    with said.open("wb") as file, psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.pgconn.trace(file.fileno())
        for seconds, questions in ((0, 1), (0.5, 1), (1.5, 2), (2, 2)):
            require_alive(connection, partial(float, seconds))
            assert said.read_text().count("\tQuery\t") == questions


def test_pool_gives_a_connection_unasked_within_the_second(postgresql: Any, tmp_path: Path) -> None:
    postgresql.settings_dict["OPTIONS"]["pool"]["max_size"] = 1  # which is then the one that is given again
    said = tmp_path / "messages"

    def is_unasked() -> bool:
        postgresql.ensure_connection()
        connection = postgresql.connection
        with said.open("wb") as file:
            connection.pgconn.trace(file.fileno())
            postgresql.close()
            postgresql.ensure_connection()
            connection.pgconn.untrace()
        assert postgresql.connection is connection
        postgresql.close()
        return "Query" not in said.read_text()

    eventually(is_unasked)


def test_times_are_those_that_were_stored(postgresql: Any) -> None:
    noon = datetime(2026, 11, 23, 12, 0, 0, 123400, tzinfo=UTC)
    for moment in (noon, noon.replace(microsecond=0), datetime.min.replace(tzinfo=UTC)):
        with postgresql.cursor() as cursor:
            cursor.execute("SELECT %s::timestamptz", [moment])
            (found,) = cursor.fetchone()
            assert (found, found.tzinfo) == (moment, UTC)
    with postgresql.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError, match="too large"):
            cursor.fetchall()


def _backend(connection: Any) -> int:
    """The process of the server that answers now; the connection goes back to the pool, as behind each request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    connection.close()
    return int(backend)
