"""A PostgreSQL that is away, and that migrations do not wait for."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest
from chassis.health import Health
from chassis.tokens import Verifier
from fastapi import FastAPI
from media_service.database import Database
from media_service.decoding.decoder import Decoder
from media_service.migrating import migrate
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.testing.people import ALICE, Person
from sqlalchemy.exc import OperationalError

from launcher.servers import Server
from tests.support import servers
from tests.support.waiting import eventually

WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
LOCK = "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with servers.or_left_out(servers.postgres_to_stop()) as server:
        database = Database(server.url)
        migrate(database)
        database.engine.dispose()
        yield server


@pytest.fixture
async def app(
    postgres: Server, own_settings: MediaSettings, store: Store, decoder: Decoder, verifier: Verifier
) -> AsyncIterator[FastAPI]:
    from media_service.app import create_app  # noqa: PLC0415  Celery reads the settings when it is imported

    settings = own_settings.model_copy(update={"database_url": postgres.url})
    app = create_app(settings, store, decoder, Health())
    app.state.verifier = verifier
    async with app.router.lifespan_context(app):
        yield app


def assert_told_to_come_back(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "1"


async def test_while_the_database_is_away_the_answer_is_503_and_then_all_is_well(
    alice: Person, charlie: Person, postgres: Server
) -> None:
    assert (await alice.get("/api/v1/media")).status_code == 200  # so that a connection is kept, which is cut
    postgres.stop()
    try:
        for _ in range(2):
            assert_told_to_come_back(await alice.get("/api/v1/media"))
        assert_told_to_come_back(await charlie.get(f"/m/{ALICE}/thumb.webp"))
    finally:
        postgres.start()
    assert (await alice.get("/api/v1/media")).status_code == 200


async def test_connection_that_is_cut_under_a_request_makes_it_503(alice: Person, postgres: Server) -> None:
    with psycopg.connect(postgres.url) as locking, psycopg.connect(postgres.url, autocommit=True) as watching:
        locking.execute(LOCK.format("assets"))
        asked = asyncio.create_task(alice.get("/api/v1/media"))
        (pid,) = await asyncio.to_thread(eventually, lambda: watching.execute(WAITING).fetchone())
        watching.execute("SELECT pg_terminate_backend(%s)", [pid])
        assert_told_to_come_back(await asked)


def test_migration_waits_for_a_lock_no_longer_than_pgoptions_say(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=100ms -c statement_timeout=10min")
    migrating = Database(postgres.url)
    with psycopg.connect(postgres.url) as traffic:
        traffic.execute(LOCK.format("alembic_version"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate(migrating)
    with migrating.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "10min"
    migrating.engine.dispose()


def test_without_pgoptions_nothing_waits_long(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGOPTIONS", raising=False)
    serving = Database(postgres.url)
    with serving.engine.connect() as connection:
        limits = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "statement_timeout")]
    serving.engine.dispose()
    assert limits == ["10s", "30s"]
