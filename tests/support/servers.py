"""Real servers for tests: those the environment names, else private ones that end with the session."""

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from launcher.servers import Postgres, RabbitMQ, Redis, Server
from launcher.servers.binaries import BinaryMissingError
from launcher.servers.provision import as_available
from launcher.settings import SERVICES_WITH_DATABASE

FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
T = TypeVar("T")


@contextlib.contextmanager
def _server(variable: str, kind: type[Server], **options: Any) -> Iterator[str]:
    """Give the URL in the variable, else that of a private server; raises BinaryMissingError where neither is."""
    if given := os.environ.get(variable):
        yield given
        return
    with _private(kind, **options) as server:
        yield server.url


@contextlib.contextmanager
def _private(kind: type[Server], **options: Any) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="broadsheet-test-") as folder:
        server = as_available(kind)(Path(folder), **options)
        try:
            with server:
                yield server
        finally:
            server.remove()


@contextlib.contextmanager
def fresh_databases() -> Iterator[dict[str, str]]:
    """Make an empty PostgreSQL database for each service and give `{"AUTH_DATABASE_URL": …}`; dropped afterwards."""
    run = uuid.uuid4().hex[:8]
    names = {service: f"broadsheet_{service}_{run}" for service in SERVICES_WITH_DATABASE}
    with postgres() as url, psycopg.connect(url, autocommit=True) as connection:
        for name in names.values():
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                f"{service.upper()}_DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
                for service, name in names.items()
            }
        finally:
            for name in names.values():
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def postgres() -> contextlib.AbstractContextManager[str]:
    """Give PostgreSQL's URL; a private one does not wait for the disk, since nobody needs its data tomorrow."""
    return _server("TEST_POSTGRES_URL", Postgres, settings=FORGETFUL)


def postgres_to_stop() -> contextlib.AbstractContextManager[Server]:
    """Give a PostgreSQL of one's own, for tests that stop it."""
    return _private(Postgres, settings=FORGETFUL)


@contextlib.contextmanager
def rabbitmq() -> Iterator[tuple[str, str]]:
    """Give the URLs of RabbitMQ and of its management API."""
    if given := os.environ.get("TEST_RABBITMQ_URL"):
        yield given, os.environ.get("TEST_RABBITMQ_MANAGEMENT_URL", "")
        return
    with _private(RabbitMQ) as server:
        assert isinstance(server, RabbitMQ)
        yield server.url, server.management_url


def rabbitmq_to_look_into() -> contextlib.AbstractContextManager[Server]:
    """Give a RabbitMQ of one's own, for tests that read its metrics."""
    return _private(RabbitMQ)


def redis() -> contextlib.AbstractContextManager[str]:
    """Give Redis's URL."""
    return _server("TEST_REDIS_URL", Redis)


@contextlib.contextmanager
def or_left_out(server: contextlib.AbstractContextManager[T]) -> Iterator[T]:
    """Skip what a machine without the server cannot run; with REQUIRE_SERVERS set that is a failure."""
    with contextlib.ExitStack() as stack:
        try:
            given = stack.enter_context(server)
        except BinaryMissingError as missing:
            if os.environ.get("REQUIRE_SERVERS"):
                raise
            pytest.skip(str(missing))
        yield given
