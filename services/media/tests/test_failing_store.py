"""A store that fails half the time, or is slow: each picture is there in full or not at all, and who asks is told."""

import asyncio
import errno
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from media_service.database import Database
from media_service.renditions.services import renditions_requeue_stuck
from media_service.settings import MediaSettings
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in
from media_service.testing.tus import Sender
from obstore.exceptions import GenericError

FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def half_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every other file is neither taken nor given."""
    for name in ("put", "read"):
        monkeypatch.setattr(Store, name, failing(getattr(Store, name), "-x"))
    monkeypatch.setattr(Store, "cached", lambda *_: None)


def failing(work: Any, pattern: str) -> Any:
    """The same, but that it fails where the pattern, which begins again and again, has an x."""
    calls = cycle(pattern)

    def work_or_fail(*asked: Any) -> Any:
        if next(calls) == "x":
            raise OSError(errno.EIO, "the bucket does not answer")
        return work(*asked)

    return work_or_fail


@pytest.fixture
def goes_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No file is taken before this is set."""
    put, goes_on = Store.put, threading.Event()

    def put_slowly(*asked: Any) -> None:
        assert goes_on.wait(60)
        put(*asked)

    monkeypatch.setattr(Store, "put", put_slowly)
    yield goes_on
    goes_on.set()


@pytest.mark.usefixtures("half_fails")
async def test_uploads_are_taken_or_refused_whole(
    alice: Person, store_folder: Path, own_settings: MediaSettings
) -> None:
    answers = [await alice.upload(jpeg(50 + number, 40)) for number in range(6)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(503, "storage_unavailable")] * 3
    assert all("retry-after" in answer.headers for answer in refused)
    assert (await alice.get("/api/v1/media")).json()["count"] == 3
    assert files_in(store_folder) == 3
    assert list(own_settings.scratch_dir.iterdir()) == []


@pytest.mark.usefixtures("half_fails")
async def test_reading_fails_for_now_and_not_for_good(alice: Person) -> None:
    asset = await alice.has_uploaded(jpeg())
    answers = [await alice.get(asset["urls"]["original"]) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503] * 2
    assert {answer.json()["code"] for answer in answers if answer.status_code == 503} == {"storage_unavailable"}


async def test_a_picture_that_is_ready_is_not_to_be_had_for_now(
    alice: Person, render: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    monkeypatch.setattr(Store, "read", failing(Store.read, "x"))
    monkeypatch.setattr(Store, "cached", lambda *_: None)
    answer = await Person(alice.http).get(asset["urls"]["thumb"])
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")


async def test_pieces_that_cannot_be_had_leave_the_upload_where_it_is(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, sender = jpeg(), Sender(alice)
    upload = await sender.has_created(len(sent))
    await sender.append(upload, 0, sent[:20])

    def away(*_: Any, **__: Any) -> Any:
        raise GenericError("Generic S3 error: the bucket does not answer")

    with monkeypatch.context() as while_away:
        while_away.setattr("obstore.get", away)
        answer = await sender.append(upload, 20, sent[20:])
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    assert (await sender.append(upload, 20, sent[20:])).headers["asset-id"]


async def test_a_job_that_finds_no_store_is_done_again(
    alice: Person, database: Database, render: Any, store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await alice.has_uploaded(jpeg())
    monkeypatch.setattr(Store, "fetch", failing(Store.fetch, "x--"))
    monkeypatch.setattr(Store, "put", failing(Store.put, "-xx---"))
    for _ in range(4):
        with pytest.raises(OSError, match="the bucket"):
            render(asset)
        with database.writing() as session:
            assert renditions_requeue_stuck(session, now=FAR_FUTURE) == [UUID(asset["id"])]
    render(asset)
    assert (await alice.get(f"/api/v1/media/{asset['id']}")).json()["status"] == "ready"
    assert files_in(store_folder) == 2  # it is so small that all sizes are one file


async def test_a_slow_store_holds_up_nobody_else(
    alice: Person, bob: Person, goes_on: threading.Event, own_settings: MediaSettings
) -> None:
    uploads = [asyncio.create_task(alice.upload(jpeg(50 + number, 40))) for number in range(6)]
    assert (await bob.get("/api/v1/media")).json()["count"] == 0
    assert (await alice.get("/api/v2/quota")).status_code == 200
    assert not any(upload.done() for upload in uploads)
    goes_on.set()
    assert [answer.status_code for answer in await asyncio.gather(*uploads)] == [201] * 6
    assert list(own_settings.scratch_dir.iterdir()) == []
