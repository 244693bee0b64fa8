"""Archives of all that is held about somebody, which media makes and has."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import pytest
from chassis.events import envelope
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import deliver, example, published
from chassis.internal_client import InternalUnavailable
from chassis.testing import LocalServer, TokenMint
from chassis.testing.local_server import Received
from media_service.commands import _events
from media_service.database import Database
from media_service.erasure.services import erasures_run
from media_service.erasure.tables import ERASED
from media_service.exports import services
from media_service.exports.neighbours import neighbours
from media_service.exports.packing import Told, export_key
from media_service.exports.services import LIFE, UNCLAIMED_AFTER, exports_make, exports_purge
from media_service.pictures.scratch import Scratch
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, BOB, Person
from media_service.testing.tus import Sender, upload_id
from uuid_utils.compat import uuid7

EXPORT = UUID("01900000-0000-7000-8000-0000000000f1")
ARCHIVE = f"/api/v2/me/exports/{EXPORT}/archive"
TOLD_IN = {"assets": "pictures", "asset_uses": "uses", "exports": "exports", "uploads": "uploads"}
LEFT_OUT = {"idempotency_key": "answers again, for a day"}
NOW = datetime.now(UTC)


def tells(_user_id: UUID) -> Told:
    yield "account", {"username": "alice"}
    yield "sessions", {"ip": "127.0.0.1"}
    yield "sessions", {"ip": "::1"}


def is_away(_user_id: UUID) -> Told:
    yield "posts", {"title": "First"}
    raise InternalUnavailable


def hears(type_name: str, **data: Any) -> None:
    """An event of auth arrives, which it has not sent before."""
    told = example(type_name)
    arrived = replace(told, id=uuid7(), data=told.data | {name: str(value) for name, value in data.items()})
    deliver(_events(), envelope.decode(envelope.encode(arrived)))


@pytest.fixture
def alice(http: httpx.AsyncClient, mint: TokenMint) -> Person:
    return Person(http, mint.access(ALICE, "alice", scope="account media"))


@pytest.fixture
def bob(http: httpx.AsyncClient, mint: TokenMint) -> Person:
    return Person(http, mint.access(BOB, "bob", scope="account media"))


@pytest.fixture
def asked(database: Database) -> None:
    """Alice wants an archive."""
    hears("auth.export.asked.v1", export_id=EXPORT, user_id=ALICE)


@pytest.fixture
def make(database: Database, store: Store, scratch: Scratch) -> Any:
    def make(auth: Any = tells, *, now: datetime = NOW) -> None:
        exports_make(database, store, {"auth": auth}, scratch, now=now)

    return make


def told(database: Database) -> list[dict[str, Any]]:
    events = published(SqlAlchemyDatabase(database.engine))
    return [event.data for event in events if event.type == "media.export.made.v1"]


async def fetched(person: Person) -> ZipFile:
    answer = await person.get(ARCHIVE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"].startswith("attachment;")
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


async def refused(person: Person) -> str:
    answer = await person.get(ARCHIVE)
    return f"{answer.status_code} {answer.json()['code']}"


@pytest.mark.usefixtures("asked")
async def test_the_archive_has_what_all_services_tell_and_the_pictures(
    alice: Person, bob: Person, make: Any, database: Database
) -> None:
    shown = await alice.has_uploaded(jpeg(), alt="Me, by the river — 2026")
    trashed = await alice.has_uploaded(jpeg(80, 60))
    await alice.send("DELETE", f"/api/v1/media/{trashed['id']}")
    await bob.has_uploaded(jpeg(90, 90))
    on_its_way = await Sender(alice).has_created(10)
    make()
    archive = await fetched(alice)
    originals = {f"media/originals/{asset['id']}.jpg" for asset in (shown, trashed)}
    files = {"auth/account.json", "auth/sessions.json", "media/pictures.json", "media/exports.json",
             "media/uploads.json"}  # fmt: skip
    assert set(archive.namelist()) == files | originals
    assert json.loads(archive.read("auth/sessions.json")) == [{"ip": "127.0.0.1"}, {"ip": "::1"}]
    assert [row["id"] for row in json.loads(archive.read("media/uploads.json"))] == [str(upload_id(on_its_way))]
    pictures = json.loads(archive.read("media/pictures.json"))
    assert [(row["id"], row["alt"]) for row in pictures] == [
        (shown["id"], "Me, by the river — 2026"),
        (trashed["id"], ""),
    ]
    content = await alice.get(f"/api/v1/media/{shown['id']}/content")
    assert archive.read(f"media/originals/{shown['id']}.jpg") == content.content
    assert told(database) == [{"export_id": str(EXPORT), "expires_at": (NOW + LIFE).isoformat().replace("+00:00", "Z")}]


@pytest.mark.usefixtures("asked")
async def test_only_its_owner_may_fetch_it(alice: Person, bob: Person, charlie: Person, make: Any) -> None:
    assert await refused(alice) == "404 export_not_found"
    make()
    await fetched(alice)
    assert await refused(bob) == "404 export_not_found"
    assert await refused(charlie) == "401 token_missing"
    assert (await alice.get("/api/v2/me/exports/nonsense/archive")).json()["code"] == "export_not_found"


@pytest.mark.usefixtures("asked")
async def test_while_a_service_is_away_it_is_made_later(alice: Person, make: Any, database: Database) -> None:
    make(is_away)
    assert await refused(alice) == "404 export_not_found"
    assert told(database) == []
    make()
    assert (await fetched(alice)).namelist()[0] == "auth/account.json"


@pytest.mark.usefixtures("asked")
async def test_a_process_that_died_in_the_midst_is_made_up_for(
    alice: Person, make: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("as a process that is killed")

    with monkeypatch.context() as cut:
        cut.setattr(services, "_tell", dies)
        with pytest.raises(RuntimeError):
            make()
    make()
    make()
    await fetched(alice)
    assert len(told(database)) == 1


@pytest.mark.usefixtures("asked")
async def test_a_day_later_it_is_gone(alice: Person, make: Any, database: Database, store: Store) -> None:
    make(now=NOW - LIFE)
    assert await refused(alice) == "404 export_not_found"
    exports_purge(database, store, now=NOW - timedelta(seconds=1))
    assert store.has(export_key(EXPORT))
    exports_purge(database, store, now=NOW)
    assert not store.has(export_key(EXPORT))
    make()
    assert len(told(database)) == 1, "nobody asks for it any more"


@pytest.mark.usefixtures("asked")
def test_what_could_not_be_made_in_a_day_is_given_up(make: Any, database: Database, store: Store) -> None:
    make(is_away)
    exports_purge(database, store, now=datetime.now(UTC) + LIFE)
    make()
    assert told(database) == []


def test_a_file_of_which_nobody_knows_goes(database: Database, store: Store) -> None:
    store.put(export_key(EXPORT), b"of a process that died")
    exports_purge(database, store, now=datetime.now(UTC))
    assert store.has(export_key(EXPORT)), "it may be being made"
    exports_purge(database, store, now=datetime.now(UTC) + UNCLAIMED_AFTER + timedelta(seconds=1))
    assert not store.has(export_key(EXPORT))


@pytest.mark.usefixtures("asked")
async def test_erasure_reaches_it(make: Any, database: Database, store: Store) -> None:
    make()
    hears("auth.erasure.execute.v1", user_id=ALICE)
    erasures_run(database, store, now=NOW)
    assert not store.has(export_key(EXPORT))
    hears("auth.export.asked.v1", export_id=EXPORT, user_id=ALICE)
    make()
    assert not store.has(export_key(EXPORT)), "of who was erased none is made any more"


@pytest.mark.usefixtures("asked")
def test_one_whose_user_is_erased_while_it_is_made_leaves_nothing(make: Any, database: Database, store: Store) -> None:
    def erased_meanwhile(_user_id: UUID) -> Iterator[Any]:
        yield "account", {}
        hears("auth.erasure.execute.v1", user_id=ALICE)
        erasures_run(database, store, now=NOW)

    make(erased_meanwhile)
    assert not store.has(export_key(EXPORT))
    assert told(database) == []


@pytest.mark.usefixtures("asked")
async def test_a_picture_whose_file_is_gone_is_left_out(alice: Person, make: Any, store_folder: Any) -> None:
    picture = await alice.has_uploaded(jpeg())
    make()
    for file in store_folder.rglob("*.jpg"):
        file.unlink()
    assert f"media/originals/{picture['id']}.jpg" not in (await fetched(alice)).namelist()


def test_every_table_of_somebodys_rows_says_what_they_are_told() -> None:
    assert TOLD_IN.keys() | LEFT_OUT.keys() == ERASED.keys()


def test_the_services_are_asked_with_a_token_for_each(own_settings: MediaSettings, http_server: LocalServer) -> None:
    def reply(request: Received) -> tuple[int, bytes]:
        if request.path == "/internal/tokens":
            return 200, json.dumps({"access_token": request.body.decode(), "expires_in": 600}).encode()
        return 200, b'["account", {"username": "alice"}]\n["account", {"username": "al"}]\n'

    http_server.reply = reply
    asked = neighbours(own_settings.model_copy(update={"auth_url": http_server.url, "blog_url": http_server.url}))
    for name in ("auth", "blog"):
        rows = list(asked[name](ALICE))
        assert [row["username"] for _, row in rows] == ["alice", "al"]
        request = http_server.requests[-1]
        assert request.path == f"/internal/exports/{ALICE}"
        assert f"audience={name}" in request.headers["authorization"]
