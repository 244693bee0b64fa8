"""Pictures sent by the edge: media decides, nginx sends."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from media_service.settings import MediaSettings
from media_service.storage.store import Store, open_store
from media_service.testing.drawn import jpeg
from media_service.testing.people import Json, Person


@pytest.fixture
def store(store_folder: Path, own_settings: MediaSettings) -> Store:
    """As the application's own, but with an edge before it."""
    return open_store(own_settings.model_copy(update={"accel_prefix": "/stored/"}))


@pytest.fixture
async def asset(alice: Person, render: Any) -> Json:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    return asset


@pytest.mark.parametrize("name", ["thumb", "original"])
async def test_whole_public_picture_is_left_to_the_edge(
    charlie: Person, asset: Json, store_folder: Path, name: str
) -> None:
    answer = await charlie.get(asset["urls"][name])
    assert (answer.status_code, answer.content) == (200, b"")
    found = store_folder / answer.headers["x-accel-redirect"].removeprefix("/stored/")
    assert found.is_file()
    assert answer.headers["content-type"].startswith("image/")
    assert answer.headers["etag"] == f'"{found.stem}"'


async def test_private_picture_is_left_to_the_edge_for_its_owner_alone(
    alice: Person, bob: Person, charlie: Person, asset: Json
) -> None:
    path = f"/api/v1/media/{asset['id']}/content"
    assert "x-accel-redirect" in (await alice.get(path)).headers
    for other, status in ((bob, 404), (charlie, 401)):
        answer = await other.get(path)
        assert (answer.status_code, "x-accel-redirect" in answer.headers) == (status, False)


async def test_parts_and_conditions_are_answered_here(charlie: Person, asset: Json) -> None:
    url = asset["urls"]["thumb"]
    part = await charlie.get(url, range="bytes=0-9")
    assert (part.status_code, len(part.content)) == (206, 10)
    known = await charlie.get(url, **{"if-none-match": part.headers["etag"]})
    assert known.status_code == 304
    head = await charlie.send("HEAD", url)
    assert int(head.headers["content-length"]) > 0
    assert not any("x-accel-redirect" in answer.headers for answer in (part, known, head))


async def test_picture_whose_file_is_gone_is_not_found(charlie: Person, asset: Json, store_folder: Path) -> None:
    for folder in os.listdir(store_folder):  # noqa: PTH208  pathlib's own is not for async functions
        shutil.rmtree(store_folder / folder)
    assert (await charlie.get(asset["urls"]["thumb"])).status_code == 404
