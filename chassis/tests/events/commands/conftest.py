"""A newsroom on every database and transport, and a person who types the command."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.events import postgres_database, sqlite_url
from tests.support.newsroom import Newsroom, Person


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def newsroom(
    request: pytest.FixtureRequest, tmp_path: Path, reader: str, events_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Newsroom]:
    """Press and reader; each finds the other's database in the environment."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            for name in ("press", reader):
                (tmp_path / name).mkdir()
            press, own = (stack.enter_context(sqlite_url(tmp_path / name)) for name in ("press", reader))
        else:
            server = request.getfixturevalue("postgres_url")
            press, own = (stack.enter_context(postgres_database(server)) for _ in range(2))
        for name in ("AUTH", "BLOG", "MEDIA"):
            monkeypatch.delenv(f"{name}_DATABASE_URL", raising=False)
        monkeypatch.setenv("PRESS_DATABASE_URL", press)
        monkeypatch.setenv(f"{reader.upper()}_DATABASE_URL", own)
        room = Newsroom(reader, press, own, events_url)
        room.transport.apply([room.queue])
        yield room
        room.close()


@pytest.fixture
def person(capsys: pytest.CaptureFixture[str]) -> Person:
    return Person(capsys)
