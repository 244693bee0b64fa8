"""Uploading a picture."""

import dataclasses
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.testing import published
from chassis.testing import TokenMint
from fastapi import FastAPI
from kombu.exceptions import OperationalError
from media_service.database import AsyncDatabase, Database
from media_service.pictures.scratch import Room
from media_service.renditions import tasks
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.sweeping.services import UNCLAIMED_AFTER, storage_sweep
from media_service.testing.drawn import encoded, exif, jpeg, opened, picture
from media_service.testing.people import ALICE, Person, files_in

from tests.support.photographs import pixel_bomb, text_named_jpg, truncated

Check = Callable[[], None]


async def test_an_upload_becomes_an_asset(alice: Person, own_settings: MediaSettings) -> None:
    sent = encoded(picture(640, 480), exif=exif(6))

    answer = await alice.upload(sent, alt="A gradient ✓")

    asset = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{own_settings.public_url}/api/v1/media/{asset['id']}"
    own = f"{own_settings.public_url}/m/{asset['id']}/1"
    assert asset == {
        "id": asset["id"],
        "owner_id": str(ALICE),
        "status": "processing",
        "sha256": hashlib.sha256(sent).hexdigest(),
        "mime": "image/jpeg",
        "bytes": asset["bytes"],
        "width": 480,
        "height": 640,
        "alt": "A gradient ✓",
        "left_out": [],
        "urls": {preset: f"{own}/{preset}" for preset in ("thumb", "medium", "large")}
        | {"original": f"{own}/original.jpg"},
        "created_at": asset["created_at"],
    }
    assert asset["id"][14] == "7"
    assert asset["created_at"].endswith("Z")
    original = await alice.get(asset["urls"]["original"])
    assert len(original.content) == asset["bytes"]
    assert dict(opened(original.content).getexif()) == {}


async def test_an_upload_is_told_in_the_same_transaction(alice: Person, database: Database) -> None:
    asset = await alice.has_uploaded(jpeg())
    (event,) = published(SqlAlchemyDatabase(database.engine))
    assert (event.type, event.sequence, event.actor) == ("media.asset.uploaded.v1", 1, str(ALICE))
    assert (event.data["asset_id"], event.data["sha256"]) == (asset["id"], asset["sha256"])


async def test_its_renditions_are_queued(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(tasks.renditions_make, "apply_async", lambda arguments, **_: queued.extend(arguments))
    asset = await alice.has_uploaded(jpeg())
    assert queued == [asset["id"]]


async def test_an_upload_does_not_need_the_broker(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.renditions_make, "apply_async", refuse)
    assert (await alice.upload(jpeg())).status_code == 201


async def test_the_name_and_type_of_the_sender_do_not_count(alice: Person) -> None:
    files = {"file": ("../../etc/passwd\\evil.php", encoded(picture(), "PNG"), "text/x-php")}
    answer = await alice.send("POST", "/api/v1/media", files=files)
    assert answer.json()["mime"] == "image/png"


async def test_a_stranger_cannot_upload(charlie: Person, nothing_is_kept: Check) -> None:
    answer = await charlie.upload(jpeg())
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["www-authenticate"].startswith("Bearer error=")
    nothing_is_kept()


async def test_an_expired_token_cannot_upload(http: httpx.AsyncClient, mint: TokenMint) -> None:
    answer = await Person(http, mint.access(ALICE, "alice", exp=1)).upload(jpeg())
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


@pytest.mark.parametrize(
    ("content", "status", "code", "cause"),
    [
        (text_named_jpg(), 415, "unsupported_media_type", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415, "unsupported_media_type", "svg"),
        (pixel_bomb(), 413, "too_large", "pixels"),
        (truncated(), 422, "image_refused", "truncated"),
    ],
    ids=["text", "svg", "bomb", "truncated"],
)
async def test_what_is_no_sound_picture_is_refused_and_not_kept(
    alice: Person, nothing_is_kept: Check, *, content: bytes, status: int, code: str, cause: str
) -> None:
    answer = await alice.upload(content)
    assert answer.status_code == status
    assert answer.json() == {"detail": answer.json()["detail"], "code": code, "cause": cause}
    nothing_is_kept()


async def test_too_many_bytes_are_refused_before_they_are_read(alice: Person, own_settings: MediaSettings) -> None:
    async def body() -> Any:
        raise AssertionError("the body was read")
        yield b""

    length = str(own_settings.max_upload_bytes + 1_000_000)
    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": length}
    answer = await alice.send("POST", "/api/v1/media", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_too_many_bytes_are_refused_while_they_come(
    alice: Person, own_settings: MediaSettings, nothing_is_kept: Check
) -> None:
    sent = 0

    async def body() -> Any:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        while True:
            sent += 1_000_000
            assert sent < own_settings.max_upload_bytes + 2_000_001
            yield bytes(1_000_000)

    headers = {"content-type": "multipart/form-data; boundary=b", "transfer-encoding": "chunked"}
    answer = await alice.send("POST", "/api/v1/media", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    nothing_is_kept()


async def test_a_file_whose_row_was_not_written_is_swept(
    alice: Person, nothing_is_kept: Check, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError("database gone")

    monkeypatch.setattr(AsyncDatabase, "write", fail)
    assert (await alice.upload(jpeg())).status_code == 500
    storage_sweep(database, store, now=datetime.now(UTC) + UNCLAIMED_AFTER + timedelta(minutes=1))
    nothing_is_kept()


async def test_the_same_picture_is_stored_once(alice: Person, bob: Person, store_folder: Path) -> None:
    hers, his = await alice.has_uploaded(jpeg()), await bob.has_uploaded(jpeg(exif=exif()))
    assert hers["id"] != his["id"]
    assert hers["sha256"] != his["sha256"]
    assert hers["bytes"] == his["bytes"]
    assert files_in(store_folder) == 1


async def test_uploads_that_would_fill_the_disk_are_asked_to_come_again(
    app: FastAPI, alice: Person, nothing_is_kept: Check
) -> None:
    content = jpeg()
    app.state.service = dataclasses.replace(app.state.service, room=Room(len(content) - 1, share=len(content)))
    answer = await alice.upload(content)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert int(answer.headers["retry-after"]) > 0
    nothing_is_kept()


async def test_the_room_of_an_upload_is_there_again_after_it(app: FastAPI, alice: Person) -> None:
    content = jpeg()
    app.state.service = dataclasses.replace(app.state.service, room=Room(len(content), share=len(content)))
    for answer in (await alice.upload(content), await alice.upload(b"x" * len(content)), await alice.upload(content)):
        assert answer.status_code in {201, 415}
