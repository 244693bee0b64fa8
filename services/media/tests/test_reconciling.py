"""The database and the store, compared."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from media_service import commands
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.quota.models import OwnerStorage
from media_service.storage.store import FOLDERS, Store, key_of
from media_service.sweeping.reconciling import FOLDERS_AT_ONCE, Drift, drift_repair, folders_compare, owners_compare
from media_service.sweeping.tasks import storage_reconcile
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person
from sqlalchemy import event
from uuid_utils.compat import uuid7

LATER = timedelta(hours=2)


def drift(database: Database, store: Store) -> Drift:
    found, now = Drift(), datetime.now(UTC) + LATER
    for first in range(0, len(FOLDERS), FOLDERS_AT_ONCE):
        found.add(folders_compare(database, store, first, now=now))
    with database.reading() as session:
        found.add(owners_compare(session))
    return found


@pytest.fixture
async def pictures(alice: Person, bob: Person, render: Any) -> list[Any]:
    """Six assets, all drawn but the last."""
    made = [await person.has_uploaded(jpeg(40 + side, 30)) for person in (alice, bob) for side in (1, 2, 3)]
    for asset in made[:-1]:
        render(asset)
    return made


async def test_nothing_drifts_by_itself(pictures: list[Any], alice: Person, database: Database, store: Store) -> None:
    assert drift(database, store) == Drift()
    for _ in range(2):
        await alice.send("DELETE", f"/api/v2/assets/{pictures[0]['id']}")
    assert drift(database, store) == Drift()


async def test_what_drifted_is_told_and_mended(  # noqa: PLR0917  fixtures
    pictures: list[Any], alice: Person, render: Any, database: Database, store: Store, store_folder: Path
) -> None:
    with database.reading() as session:
        asset = session.get_one(Asset, UUID(pictures[0]["id"]))
        other = session.get_one(Asset, UUID(pictures[1]["id"])).blob
        thumb = next(one for one in asset.renditions if one.preset == "thumb")
        lost_thumb = key_of(thumb.blob_id, thumb.sha256, thumb.mime)
        lost_picture = key_of(other.id, other.sha256, other.mime)
    strange = key_of(uuid7(), "0" * 64, "image/jpeg")
    store.put(strange, b"nobody's")
    (store_folder / lost_thumb).unlink()
    (store_folder / lost_picture).unlink()
    with database.writing() as session:
        session.get_one(OwnerStorage, ALICE).bytes += 1

    found = drift(database, store)

    assert found == Drift([lost_picture], [lost_thumb], unrecorded=[strange], miscounted_owners=[ALICE])
    drift_repair(database, store, found, now=datetime.now(UTC))
    assert (await alice.get(pictures[0]["urls"]["thumb"])).status_code == 202
    render(pictures[0])
    assert drift(database, store) == Drift(missing_pictures=[lost_picture])
    assert (await alice.get(pictures[0]["urls"]["thumb"])).status_code == 200


async def test_what_is_lost_is_locked_before_it_is_forgotten(
    pictures: list[Any], database: Database, store: Store
) -> None:
    """As those do who draw: assets, the picture, its renditions. In another order each would wait for the other."""
    with database.reading() as session:
        blob = session.get_one(Asset, UUID(pictures[0]["id"])).blob
    touched: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        touched.extend(re.findall(r"^(?:SELECT .* FROM|DELETE FROM) (\w+)", " ".join(statement.split())))

    event.listen(database.writing_engine, "before_cursor_execute", note)
    try:
        lost = Drift(missing_renditions=[key_of(blob.id, "0" * 64, "image/webp")])
        drift_repair(database, store, lost, now=datetime.now(UTC))
    finally:
        event.remove(database.writing_engine, "before_cursor_execute", note)
    assert touched == ["assets", "blobs", "renditions", "rendition_forms"]


async def test_files_that_were_stored_just_now_are_no_drift(database: Database, store: Store) -> None:
    store.put(key_of(uuid7(), "0" * 64, "image/jpeg"), b"its row is being written")
    now = datetime.now(UTC)
    assert [
        found
        for first in range(0, len(FOLDERS), FOLDERS_AT_ONCE)
        if (found := folders_compare(database, store, first, now=now)) != Drift()
    ] == []


def test_the_command_prints_what_it_found_and_ends_with_its_word(
    database: Database, store: Store, store_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.reconcile([])
    assert '"unrecorded": []' in capsys.readouterr().out


async def test_the_nightly_job_goes_through_all_folders(
    pictures: list[Any], database: Database, store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    went_on: list[tuple[Any, ...]] = []
    monkeypatch.setattr(storage_reconcile, "delay", lambda *more: went_on.append(more))
    storage_reconcile()
    while went_on:
        storage_reconcile(*went_on.pop())
