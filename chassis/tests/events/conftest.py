"""Every database and every transport a test of events runs on."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.events import transports
from chassis.events.databases import plain
from chassis.events.databases.plain import PlainDatabase
from chassis.events.topology import Queue
from chassis.events.transports import Transport

from tests.support.events import PRINTED, postgres_database, rabbitmq_queues, sqlite_url

SERVERS = pytest.mark.servers


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=SERVERS)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database with the tables."""
    if request.param == "sqlite":
        with sqlite_url(tmp_path) as url:
            yield url
    else:
        with postgres_database(request.getfixturevalue("postgres_url")) as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[PlainDatabase]:
    connected = plain.connect(database_url)
    yield connected
    connected.close()


@pytest.fixture
def reader() -> str:
    """The name of a service of its own for each test."""
    return f"reader{uuid.uuid4().hex[:8]}"


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=SERVERS)])
def events_url(request: pytest.FixtureRequest, reader: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a transport."""
    if request.param == "embedded":
        yield f"sqlite:///{tmp_path}/bus.sqlite3"
    else:
        url: str = request.getfixturevalue("rabbitmq_url")
        with rabbitmq_queues(url, reader):
            yield url


@pytest.fixture
def transport(events_url: str) -> Transport:
    return transports.connect(events_url)


@pytest.fixture
def queue(reader: str) -> Queue:
    """The queue on which the reader gets what the press prints; not declared yet."""
    return Queue(f"{reader}.press-events", (PRINTED,))
