"""What web processes answer their probes in each state a probe is for: a restart must help, and traffic be served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from launcher.servers import Postgres
from tests.support import servers
from tests.support.single_process import SingleProcess
from tests.support.waiting import eventually

SERVICES = {"auth": "migrations", "blog": "migrations", "media": "database"}
"""What tells that migrations are waiting."""
NOBODY = "127.0.0.1:9"
WITHOUT_NEIGHBOURS = {
    "EVENTS_URL": f"amqp://guest:guest@{NOBODY}/",
    "JOBS_URL": f"amqp://guest:guest@{NOBODY}/",
    "STATSD_URL": f"udp://{NOBODY}",
    "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{NOBODY}",
    "SENTRY_DSN": f"http://key@{NOBODY}/1",
}
"""All that is asked over the network by auth and is no database."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with servers.or_left_out(servers.postgres_to_stop()) as server:
        assert isinstance(server, Postgres)
        yield server


def probe(process: SingleProcess, path: str) -> tuple[int, Any]:
    answer = httpx.get(f"{process.url}/{path}", timeout=60)
    return answer.status_code, answer.json()


def check(process: SingleProcess, name: str) -> str:
    """What readiness says of one thing."""
    return str(probe(process, "readyz")[1]["checks"][name])


@pytest.mark.parametrize(("service", "migrations"), SERVICES.items())
def test_a_process_before_its_migrations_lives_and_takes_no_traffic(
    service: str, migrations: str, tmp_path: Path
) -> None:
    process = SingleProcess(tmp_path, service)
    with process.running():
        assert probe(process, "livez") == (200, {"status": "ok"})
        assert probe(process, "readyz")[0] == 503
        assert check(process, migrations) != "ok"
        assert process.migrate() == 0
        eventually(lambda: check(process, migrations) == "ok")


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_that_is_away_costs_traffic_until_it_is_back_and_no_restart(
    service: str, tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.create_database(f"health_{service}")
    process = SingleProcess(tmp_path, service, **{f"{service.upper()}_DATABASE_URL": url})
    assert process.migrate() == 0
    with process.running() as running:
        eventually(lambda: check(process, "database") == "ok", seconds=60)
        postgres.stop()
        try:
            eventually(lambda: check(process, "database") != "ok", seconds=60)
            assert probe(process, "readyz")[0] == 503
            assert probe(process, "livez") == (200, {"status": "ok"})
        finally:
            postgres.start()
        eventually(lambda: check(process, "database") == "ok", seconds=60)
        assert running.poll() is None


def test_broker_statsd_collector_and_sentry_that_are_away_cost_neither(tmp_path: Path) -> None:
    process = SingleProcess(tmp_path, "auth", **WITHOUT_NEIGHBOURS)
    assert process.migrate() == 0
    with process.running():
        eventually(lambda: probe(process, "readyz")[0] == 200, seconds=60)
        assert probe(process, "livez") == (200, {"status": "ok"})
        person = {"email": "alice@example.org", "username": "alice", "password": "long-enough-pass-1"}
        assert httpx.post(f"{process.url}/api/v1/auth/users", json=person, timeout=60).status_code == 201
