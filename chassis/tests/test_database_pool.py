"""What Prometheus learns of a pool of database connections."""

from collections.abc import Iterator
from typing import Any

import pytest
from chassis.database_pool import Usage, measure
from chassis.django.database_pool import usage
from chassis.django.settings import database
from django.db.utils import ConnectionHandler
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
