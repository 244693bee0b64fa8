"""A newsroom on either kind of database and transport, and a person who types the command."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.events import postgres_database, rabbitmq_queues, sqlite_url
from tests.support.newsroom import Newsroom, Person


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def newsroom(
    request: pytest.FixtureRequest, tmp_path: Path, reader: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """Press and reader, all on SQLite, or on PostgreSQL and RabbitMQ; each finds the other in the environment."""
    for name in ("AUTH", "BLOG", "MEDIA"):
        monkeypatch.delenv(f"{name}_DATABASE_URL", raising=False)
    with ExitStack() as stack:
        if request.param == "embedded":
            events_url = f"sqlite:///{tmp_path}/bus.sqlite3"
            for name in ("press", reader):
                (tmp_path / name).mkdir()
            press, own = (stack.enter_context(sqlite_url(tmp_path / name)) for name in ("press", reader))
        else:
            server, events_url = (request.getfixturevalue(name) for name in ("postgres_url", "rabbitmq_url"))
            stack.enter_context(rabbitmq_queues(events_url, reader))
            press, own = (stack.enter_context(postgres_database(server)) for _ in range(2))
        monkeypatch.setenv("PRESS_DATABASE_URL", press)
        monkeypatch.setenv(f"{reader.upper()}_DATABASE_URL", own)
        room = Newsroom(reader, press, own, events_url)
        room.transport.apply([room.queue])
        yield room
        room.close()


@pytest.fixture
def person(capsys: pytest.CaptureFixture[str]) -> Person:
    return Person(capsys)
