"""Private servers start without configuration, keep their data over a crash and leave nothing behind."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.servers import Postgres, RabbitMQ, Redis, Server
from launcher.servers.ports import answers, is_free

pytestmark = pytest.mark.servers
KINDS: list[type[Server]] = [Postgres, RabbitMQ, Redis]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    server: Server = request.param(tmp_path)
    yield server
    server.stop()
    server.remove()


def processes_naming(text: str) -> list[str]:
    listing = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if text in line]


def test_killed_server_comes_back_at_its_url_and_stops_without_a_trace(server: Server, tmp_path: Path) -> None:
    server.start()
    url = server.url
    server.kill()
    assert not answers(server.port)
    server.start()
    assert server.url == url == type(server)(tmp_path).url
    server.stop()
    assert is_free(server.port)
    assert processes_naming(str(server.folder)) == []


def test_copies_do_not_meet(tmp_path: Path) -> None:
    with RabbitMQ(tmp_path / "one") as one, RabbitMQ(tmp_path / "two") as two:
        one.ctl("add_vhost", "only-here")
        assert "only-here" in one.ctl("list_vhosts")
        assert "only-here" not in two.ctl("list_vhosts")


def test_postgres_keeps_what_was_written_over_a_crash(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path)
    with postgres:
        url = postgres.create_database("auth")
        psql(url, "create table kept(id int)")
        postgres.kill()
        postgres.start()
        assert "kept" in psql(url, "\\dt")
    postgres.remove()


def psql(url: str, statement: str) -> str:
    return subprocess.run(["psql", url, "-c", statement], capture_output=True, text=True, check=True).stdout
