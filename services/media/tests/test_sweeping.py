"""Files that belong to nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from media_service.database import Database
from media_service.pictures.scratch import Scratch
from media_service.settings import MediaSettings
from media_service.storage.store import FOLDERS, Store, key_of
from media_service.sweeping.services import UNCLAIMED_AFTER, storage_sweep
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in
from uuid_utils.compat import uuid7


async def test_files_of_uploads_that_died_are_swept_and_all_others_stay(
    alice: Person, render: Any, database: Database, store: Store, store_folder: Path
) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    before = files_in(store_folder)
    store.put(key_of(uuid7(), "0" * 64, "image/jpeg"), b"stored, and then the process died")
    half = store_folder / "00" / f"{'0' * 64}.jpg#1"  # how obstore names what it is writing
    half.parent.mkdir(exist_ok=True)  # the picture may have the same first letters
    half.write_bytes(b"ha")

    assert storage_sweep(database, store, now=datetime.now(UTC)).removed == 0
    assert files_in(store_folder) == before + 2

    assert storage_sweep(database, store, now=datetime.now(UTC) + UNCLAIMED_AFTER + timedelta(minutes=1)).removed == 1
    assert files_in(store_folder) == before
    assert (await alice.get(asset["urls"]["thumb"])).status_code == 200


def test_a_long_sweep_is_cut_in_pieces_that_miss_nothing(database: Database, store: Store, store_folder: Path) -> None:
    for _ in range(20):
        store.put(key_of(uuid7(), "0" * 64, "image/jpeg"), b"stored, and then the process died")
    later, pieces, removed = datetime.now(UTC) + 2 * UNCLAIMED_AFTER, 0, 0
    first: int | None = 0
    while first is not None:
        swept = storage_sweep(database, store, now=later, first=first, seconds=0)
        first, pieces, removed = swept.rest, pieces + 1, removed + swept.removed
    assert (pieces, removed, files_in(store_folder)) == (len(FOLDERS), 20, 0)


def test_working_files_have_no_name_that_a_crash_could_leave(scratch: Scratch, own_settings: MediaSettings) -> None:
    file = scratch.file()
    file.write(b"x")
    file.flush()
    assert list(own_settings.scratch_dir.iterdir()) == []
