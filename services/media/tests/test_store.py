"""The store: a folder, a bucket and, by `make test-s3`, the bucket of a real server behave alike."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from chassis.settings import SettingsError
from media_service.pictures.scratch import Scratch
from media_service.settings import MediaSettings
from media_service.storage.store import Store, blob_id_of, folder_of, key_of, open_store
from obstore.exceptions import BaseError
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from tests.support.buckets import BUCKETS, bucket_settings

ID = uuid7()
KEY = key_of(ID, "ab" * 32, "image/jpeg")


@pytest.fixture(params=["folder", *BUCKETS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield open_store(MediaSettings(storage_url=f"file://{tmp_path}/deep/media"))
        return
    with bucket_settings(request.param, below="/below") as settings:
        yield open_store(settings)


def test_what_is_put_can_be_fetched(store: Store, scratch: Scratch) -> None:
    sent, got = scratch.file(), scratch.file()
    sent.write(b"picture" * 100_000)
    store.put(KEY, sent)
    store.fetch(KEY, got)
    got.seek(0)
    assert got.read() == b"picture" * 100_000


def test_working_file_on_the_disk_of_the_folder_is_kept_without_a_copy(tmp_path: Path) -> None:
    store, stored = open_store(MediaSettings(storage_url=f"file://{tmp_path}/media")), tmp_path / "media" / KEY
    store.put(KEY, b"copied")
    copied = stored.stat()
    store.remove(folder_of(ID))
    with Scratch(tmp_path) as scratch:
        for content in (b"picture", b"the same key once more"):
            working = scratch.file()
            working.write(content)
            store.put(KEY, working)
            assert stored.read_bytes() == content
            assert stored.stat().st_mode == copied.st_mode  # an edge may send it
            is_itself = stored.stat().st_ino == os.fstat(working.fileno()).st_ino
            assert is_itself is (content == b"picture")  # a name that is taken is replaced by a copy
    assert stored.exists()


async def test_a_part_can_be_read(store: Store) -> None:
    store.put(KEY, b"0123456789")
    assert b"".join([chunk async for chunk in await store.read(KEY, 2, 5)]) == b"234"


def errors(operation: str) -> float:
    return REGISTRY.get_sample_value("media_store_errors_total", {"operation": operation}) or 0


async def test_what_is_not_there_is_said_so_and_is_no_error_of_the_store(store: Store, scratch: Scratch) -> None:
    before = [errors("read"), errors("fetch")]
    with pytest.raises(FileNotFoundError):
        await store.read(KEY, 0, 1)
    with pytest.raises(FileNotFoundError):
        store.fetch(KEY, scratch.file())
    assert [errors("read"), errors("fetch")] == before


def test_what_a_store_does_not_do_is_counted(tmp_path: Path) -> None:
    away = open_store(MediaSettings(storage_url=f"file://{tmp_path}/media"))
    (tmp_path / "media").rmdir()
    (tmp_path / "media").touch()
    before = {name: errors(name) for name in ("put", "check", "fetch")}
    with pytest.raises(OSError, match="media"):
        away.put(KEY, b"x")
    with pytest.raises(BaseError):
        away.check()
    with pytest.raises(OSError, match="media"):
        away.fetch(KEY, BytesIO())
    assert {name: errors(name) - count for name, count in before.items()} == dict.fromkeys(before, 1)


def test_a_folder_is_removed_whole_and_alone(store: Store) -> None:
    other = key_of(uuid7(), "cd" * 32, "image/webp")
    for key in (KEY, key_of(ID, "ef" * 32, "image/webp"), other):
        store.put(key, b"x")
    store.remove(folder_of(ID))
    store.remove(folder_of(ID))
    assert list(store.list(KEY[:2])) in ([], [[]])
    found = [found for batch in store.list(other[:2]) for found in batch]
    assert [one.key for one in found] == [other]
    assert found[0].modified < datetime.now(UTC) + timedelta(minutes=1)


def test_keys_tell_whose_they_are() -> None:
    assert blob_id_of(KEY) == ID
    assert [blob_id_of(key) for key in ("writable", "a/b", "")] == [None, None, None]


def test_a_store_that_takes_files_is_well_and_one_that_does_not_is_not(store: Store, tmp_path: Path) -> None:
    store.check()
    with pytest.raises(SettingsError, match="MEDIA_STORAGE_URL"):
        open_store(MediaSettings(storage_url="file:///proc/nowhere"))
