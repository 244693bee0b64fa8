"""Uploads that do not come to their end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from media_service import resources
from media_service.database import Database
from media_service.storage.store import Store, piece_key
from media_service.sweeping.services import UNCLAIMED_AFTER, storage_sweep
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in
from media_service.testing.tus import Sender
from media_service.tus.models import Upload
from media_service.tus.sweeping import uploads_sweep
from prometheus_client import REGISTRY
from sqlalchemy import update
from uuid_utils.compat import uuid7


@pytest.fixture
def sender(alice: Person) -> Sender:
    return Sender(alice)


def in_hours(hours: float) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


async def test_what_has_expired_is_gone_at_once_and_swept_later(
    sender: Sender, database: Database, store: Store, nothing_is_kept: Callable[[], None]
) -> None:
    upload = await sender.has_created(1000)
    await sender.append(upload, 0, b"x" * 10)
    assert uploads_sweep(database, store, now=in_hours(23)) == 0
    assert await sender.offset(upload) == 10
    with database.writing() as session:
        session.execute(update(Upload).values(expires_at=in_hours(-1)))
    assert (await sender.send("HEAD", upload)).status_code == 404
    assert (await sender.append(upload, 10, b"x")).status_code == 404
    assert uploads_sweep(database, store, now=in_hours(0)) == 1
    nothing_is_kept()


async def test_a_finished_one_tells_for_a_day_what_it_became(
    sender: Sender, database: Database, store: Store, store_folder: Path
) -> None:
    sent = jpeg()
    upload = await sender.has_created(len(sent))
    await sender.append(upload, 0, sent)
    assert uploads_sweep(database, store, now=in_hours(23)) == 0
    assert (await sender.send("HEAD", upload)).headers["asset-id"]
    assert uploads_sweep(database, store, now=in_hours(25)) == 0
    assert (await sender.send("HEAD", upload)).status_code == 404
    assert files_in(store_folder) == 1


async def test_pieces_of_nobody_are_swept_and_those_of_others_stay(
    sender: Sender, database: Database, store: Store, store_folder: Path
) -> None:
    upload = await sender.has_created(1000)
    await sender.append(upload, 0, b"x" * 10)
    store.put(piece_key(uuid7(), uuid7()), b"stored, and then the process died")
    later = datetime.now(UTC) + UNCLAIMED_AFTER + timedelta(minutes=1)
    uploads_sweep(database, store, now=datetime.now(UTC))
    storage_sweep(database, store, now=later)
    assert files_in(store_folder) == 2
    uploads_sweep(database, store, now=later)
    assert files_in(store_folder) == 1
    assert await sender.offset(upload) == 10


async def test_the_job_counts_them(sender: Sender, database: Database, store: Store) -> None:
    from media_service.tus.tasks import uploads_sweep as job  # noqa: PLC0415  Celery reads the settings when imported

    def expired() -> float:
        return REGISTRY.get_sample_value("media_uploads_total", {"outcome": "expired"}) or 0

    await sender.has_created(1000)
    with resources.database().writing() as session:
        session.execute(update(Upload).values(expires_at=in_hours(-1)))
    before = expired()
    job()
    assert expired() == before + 1
