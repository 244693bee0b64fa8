"""Media on the database that was asked for, and the people of the tests."""

import dataclasses
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy
from chassis.health import Health
from chassis.revocations import RevocationFeed
from chassis.testing import TokenMint
from chassis.testing.contract import Contract
from chassis.testing.local_server import LocalServer, local_server
from chassis.tokens import JwksClient, KeySet, Verifier
from fastapi import FastAPI
from media_service import resources
from media_service.app import create_app
from media_service.database import Database
from media_service.decoding.decoder import Decoder
from media_service.migrating import migrate
from media_service.pictures.scratch import Scratch
from media_service.settings import MediaSettings, settings
from media_service.storage.store import Store
from media_service.testing.cleaned import Clean, Large, cleaner, renderer
from media_service.testing.people import ALICE, BOB, Person

TABLES = (
    "exports", "erasures", "erased_users", "erased_key",
    "removed_assets", "derivatives", "asset_forms", "assets", "rendition_forms", "renditions", "blobs",
    "asset_uses", "using_objects",
    "owner_storage", "outbox_event", "inbox_event", "idempotency_key",
    "upload_parts", "uploads", "storage_holds",
)  # fmt: skip


CONTRACT = Contract("media")


async def as_in_the_contract(answer: httpx.Response) -> None:
    request, media_type = answer.request, answer.headers.get("Content-Type", "")
    CONTRACT.hold(request.method, request.url.path, answer.status_code, media_type, await answer.aread())


@pytest.fixture(scope="session")
def own_settings() -> MediaSettings:
    """The settings the root conftest made; these tests empty the database and the store, so it must be no other."""
    own = settings()
    assert str(own.var_dir) == os.environ["VAR_DIR"]
    assert own.var_dir.is_relative_to(tempfile.gettempdir())
    assert own.storage_url == f"file://{own.var_dir}/media"
    assert own.database_url == os.environ["MEDIA_DATABASE_URL"]
    return own


@pytest.fixture(scope="session")
def migrated(own_settings: MediaSettings) -> Database:
    migrate(resources.database())
    own_settings.scratch_dir.mkdir(parents=True, exist_ok=True)
    return resources.database()


@pytest.fixture
def database(migrated: Database) -> Iterator[Database]:
    """The database, empty."""
    yield migrated
    with migrated.writing() as session:
        for table in TABLES:
            session.execute(sqlalchemy.text(f"DELETE FROM {table}"))


@pytest.fixture
def store_folder(own_settings: MediaSettings) -> Iterator[Path]:
    """Where the store keeps its files, empty."""
    folder = Path(own_settings.storage_url.removeprefix("file://"))
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def store(store_folder: Path) -> Store:
    return resources.store()


@pytest.fixture(scope="session")
def decoder(migrated: Database) -> Iterator[Decoder]:
    """Decodes in children, as media does."""
    yield resources.decoder()
    resources.decoder().close()


@pytest.fixture
def scratch(own_settings: MediaSettings, migrated: Database) -> Iterator[Scratch]:
    with Scratch(own_settings.scratch_dir) as scratch:
        yield scratch


@pytest.fixture
def cleaned(scratch: Scratch) -> Clean:
    return cleaner(scratch)


@pytest.fixture
def large(cleaned: Clean, scratch: Scratch) -> Large:
    return renderer(cleaned, scratch)


@pytest.fixture
def http_server() -> Iterator[LocalServer]:
    with local_server() as server:
        yield server


@pytest.fixture(scope="session")
def mint(own_settings: MediaSettings) -> TokenMint:
    return TokenMint(own_settings.token_issuer, own_settings.token_audience)


@pytest.fixture(scope="session")
def keys(mint: TokenMint) -> KeySet:
    keys = KeySet()
    keys.replace(mint.jwks())
    return keys


@pytest.fixture(scope="session")
def verifier(mint: TokenMint, keys: KeySet) -> Verifier:
    return Verifier(keys.get, issuer=mint.issuer, audience=mint.audience)


@pytest.fixture
async def app(  # noqa: PLR0917  each is a fixture
    own_settings: MediaSettings,
    database: Database,
    store: Store,
    decoder: Decoder,
    keys: KeySet,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[FastAPI]:
    monkeypatch.setattr(JwksClient, "start", lambda _: None)  # the keys are there
    monkeypatch.setattr(JwksClient, "get", lambda _, kid: keys.get(kid))
    monkeypatch.setattr(RevocationFeed, "start", lambda _: None)  # and nobody revokes
    app = create_app(own_settings, store, decoder, Health())
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def http(app: FastAPI, own_settings: MediaSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A client that holds every answer to the contract."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    hooks = {"response": [as_in_the_contract]}
    async with httpx.AsyncClient(transport=transport, base_url=own_settings.public_url, event_hooks=hooks) as http:
        yield http


@pytest.fixture
def alice(http: httpx.AsyncClient, mint: TokenMint) -> Person:
    """The owner."""
    return Person(http, mint.access(ALICE, "alice", scope="media"))


@pytest.fixture
def bob(http: httpx.AsyncClient, mint: TokenMint) -> Person:
    """Another author."""
    return Person(http, mint.access(BOB, "bob", scope="media"))


@pytest.fixture
def charlie(http: httpx.AsyncClient) -> Person:
    """A stranger without a token."""
    return Person(http)


@pytest.fixture
def render(database: Database, store: Store, decoder: Decoder) -> Any:
    """Runs the job of an asset."""
    from media_service.renditions.tasks import renditions_make  # noqa: PLC0415  Celery reads the settings when imported

    return lambda asset: renditions_make(asset["id"])


@pytest.fixture
def nothing_is_kept(database: Database, store_folder: Path, own_settings: MediaSettings) -> Any:
    """Fails if anything is left of an upload, in the database or on the disk."""

    def check() -> None:
        with database.reading() as session:
            counts = {table: session.scalar(sqlalchemy.text(f"SELECT count(*) FROM {table}")) for table in TABLES}
        assert not any(counts.values()), counts
        assert [path for path in store_folder.rglob("*") if path.is_file()] == []
        assert list(own_settings.scratch_dir.iterdir()) == []

    return check


@pytest.fixture
def allow(app: FastAPI, own_settings: MediaSettings) -> Callable[[int], None]:
    """Sets the quota."""

    def to(count: int) -> None:
        settings = own_settings.model_copy(update={"quota_bytes": count})
        app.state.service = dataclasses.replace(app.state.service, settings=settings)

    return to
