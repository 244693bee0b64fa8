"""The job that makes renditions, and the sweep that finds what it missed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.envelope import Event
from chassis.events.testing import published
from media_service.assets.models import Asset
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.renditions import tasks
from media_service.renditions.services import MAX_ATTEMPTS, REQUEUE_AFTER, renditions_requeue_stuck
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import Person, files_in


def events(database: Database) -> list[Event]:
    return published(SqlAlchemyDatabase(database.engine))


def row(database: Database, asset: Any) -> Asset:
    with database.reading() as session:
        return session.get_one(Asset, UUID(asset["id"]))


async def test_the_job_makes_the_asset_ready_and_tells(alice: Person, render: Any, database: Database) -> None:
    asset = await alice.has_uploaded(jpeg(1000, 800))
    render(asset)
    event = events(database)[-1]
    assert (event.type, event.sequence) == ("media.asset.ready.v1", 2)
    assert event.data["renditions"] == [
        {"preset": "thumb", "width": 320, "height": 256},
        {"preset": "medium", "width": 800, "height": 640},
        {"preset": "large", "width": 1000, "height": 800},
    ]
    assert event.data["reason"] is None


async def test_a_second_job_changes_nothing(alice: Person, render: Any, database: Database, store_folder: Any) -> None:
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    before = (len(events(database)), files_in(store_folder))
    render(asset)
    assert (len(events(database)), files_in(store_folder)) == before


async def test_nothing_tells_that_somebody_else_stored_the_same_picture(
    alice: Person, bob: Person, render: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = await alice.has_uploaded(jpeg())
    render(hers)
    _long_ago(database, "blobs")
    draw, drawn = Decoder.render, list[str]()

    def count_and_draw(decoder: Decoder, file: Any, mime: str, *more: Any) -> Any:
        drawn.append(mime)
        return draw(decoder, file, mime, *more)

    monkeypatch.setattr(Decoder, "render", count_and_draw)
    his = await bob.has_uploaded(jpeg())
    assert (await bob.get(his["urls"]["thumb"])).status_code == 202
    render(his)
    assert drawn == ["image/jpeg"]
    assert [len(event.data["renditions"]) for event in events(database) if event.type == "media.asset.ready.v1"] == [
        3,
        3,
    ]
    for url in his["urls"].values():
        assert "1999" not in (await bob.get(url)).headers["last-modified"]


def _long_ago(database: Database, table: str) -> None:
    with database.writing() as session:
        session.execute(sqlalchemy.text(f"UPDATE {table} SET created_at = '1999-01-01 00:00:00.000000'"))


async def test_a_picture_that_cannot_be_drawn_fails_for_good(
    alice: Person, render: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Undecodable("out of colours")

    monkeypatch.setattr(Decoder, "render", refuse)
    asset = await alice.has_uploaded(jpeg())
    render(asset)
    event = events(database)[-1]
    assert (event.type, event.sequence, event.data["renditions"]) == ("media.asset.failed.v1", 2, [])
    assert event.data["reason"]
    assert row(database, asset).status == "failed"


async def test_a_passing_fault_is_tried_again_and_not_for_ever(
    alice: Person, render: Any, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("storage away")

    asset = await alice.has_uploaded(jpeg())
    with monkeypatch.context() as away:
        away.setattr(Store, "fetch", fail)
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(OSError, match="storage away"):
                render(asset)
    assert row(database, asset).status == "processing"
    render(asset)
    assert row(database, asset).status == "failed"


async def test_an_asset_that_was_removed_meanwhile_leaves_no_files(
    alice: Person, render: Any, database: Database, store_folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await alice.has_uploaded(jpeg())
    draw = Decoder.render

    def remove_and_draw(*asked: Any) -> Any:
        drawn = draw(*asked)
        with database.writing() as session:
            for table in ("assets", "blobs"):
                session.execute(sqlalchemy.text(f"DELETE FROM {table}"))
        return drawn

    monkeypatch.setattr(Decoder, "render", remove_and_draw)
    render(asset)
    assert files_in(store_folder) == 0


async def test_a_job_for_nothing_does_nothing(render: Any, nothing_is_kept: Any) -> None:
    render({"id": "01900000-0000-7000-8000-0000000000ff"})
    nothing_is_kept()


async def test_a_lost_job_is_queued_again(alice: Person, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    lost, done = await alice.has_uploaded(jpeg()), await alice.has_uploaded(jpeg(80, 60))
    tasks.renditions_make(done["id"])
    now = datetime.now(UTC)
    with database.writing() as session:
        assert renditions_requeue_stuck(session, now=now) == []
    with database.writing() as session:
        assert renditions_requeue_stuck(session, now=now + timedelta(minutes=2)) == [UUID(lost["id"])]
    with database.writing() as session:
        assert renditions_requeue_stuck(session, now=now + timedelta(minutes=3)) == []

    queued: list[UUID] = []
    monkeypatch.setattr(tasks, "queue_renditions", queued.append)
    with database.writing() as session:
        session.get_one(Asset, UUID(lost["id"])).retry_at = now - REQUEUE_AFTER
    tasks.renditions_requeue_stuck()
    assert queued == [UUID(lost["id"])]
