"""What becomes of a user whom auth asks to have erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chassis.events import envelope
from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase
from chassis.events.envelope import Event
from chassis.events.testing import deliver, example, published
from chassis.events.topology import queues
from media_service.commands import _events
from media_service.database import Database
from media_service.erased.models import ErasedUser
from media_service.erasure import services
from media_service.erasure.services import QUEUES, QUIET, erasures_run
from media_service.erasure.tables import ERASED, NOBODYS
from media_service.events import HANDLERS
from media_service.storage.store import Store
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, BOB, Person, files_in
from media_service.testing.tus import Sender
from sqlalchemy import inspect, select, text
from uuid_utils.compat import uuid7

OF_AVATAR = {"asset_uses", "using_objects", "owner_storage"}


def hears(type_name: str, **data: Any) -> None:
    """An event of auth arrives, which it has not sent before."""
    told = example(type_name)
    arrived = replace(told, id=uuid7(), data=told.data | {name: str(value) for name, value in data.items()})
    deliver(_events(), envelope.decode(envelope.encode(arrived)))


def run(database: Database, store: Store, *, after: timedelta = timedelta(0), **options: Any) -> None:
    erasures_run(database, store, now=datetime.now(UTC) + after, **options)


def answers(database: Database) -> list[Event]:
    told = published(SqlAlchemyDatabase(database.engine))
    return [event for event in told if event.type == "media.erasure.done.v1"]


def everything(database: Database) -> Iterator[str]:
    """Every row of every table, as text."""
    with database.reading() as session:
        for table in inspect(database.engine).get_table_names():
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            yield from (f"{table}: {tuple(row)}" for row in rows)


def traces(database: Database, user_id: UUID) -> list[str]:
    return [row for row in everything(database) if str(user_id) in row or user_id.hex in row]


def test_dead_letters_are_looked_for_on_every_queue() -> None:
    assert {queue.name for queue in queues("media", HANDLERS)} == set(QUEUES)


def test_every_table_says_what_becomes_of_its_rows(database: Database) -> None:
    there = set(inspect(database.engine).get_table_names())
    assert there - ERASED.keys() - NOBODYS.keys() == set(), "say in erasure/tables.py what becomes of their rows"
    assert (ERASED.keys() | NOBODYS.keys()) - there == set()


async def test_pictures_go_with_their_files_and_the_answer_counts_them(  # noqa: PLR0917  each is a fixture
    alice: Person, bob: Person, render: Any, database: Database, store: Store, store_folder: Path
) -> None:
    for width in range(50, 75):
        await alice.has_uploaded(jpeg(width, 40))
    rendered = await alice.has_uploaded(jpeg(300, 200))
    render(rendered)
    kept = await bob.has_uploaded(jpeg(400, 300))
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store)
    (answer,) = answers(database)
    assert answer.data["counts"] == {"assets": 26, "files": 26}
    assert (await alice.get("/api/v1/media")).json()["count"] == 0
    assert (await bob.get(f"/api/v1/media/{kept['id']}")).status_code == 200
    assert files_in(store_folder) == 1


async def test_what_is_on_its_way_goes_too(
    alice: Person, bob: Person, database: Database, store: Store, store_folder: Path
) -> None:
    hers, his = Sender(alice), Sender(bob)
    for sender in (hers, his):
        await sender.append(await sender.has_created(1000), 0, b"x" * 10)
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store)
    assert answers(database)[0].data["counts"] == {"uploads": 1}
    assert files_in(store_folder) == 1
    assert (await hers.create(1000)).status_code == 401


async def test_a_picture_that_somebody_else_shows_too_stays_theirs(
    alice: Person, bob: Person, database: Database, store: Store, store_folder: Path
) -> None:
    await alice.has_uploaded(jpeg())
    theirs = await bob.has_uploaded(jpeg())
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store)
    assert answers(database)[0].data["counts"] == {"assets": 1}
    assert (await bob.get(f"/api/v1/media/{theirs['id']}/content")).status_code == 200


async def test_a_step_that_was_cut_off_is_taken_again_and_counted_once(
    alice: Person, database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (50, 51, 52):
        await alice.has_uploaded(jpeg(width, 40))
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store, seconds=0)

    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("as a process that is killed")

    with monkeypatch.context() as cut:
        cut.setattr(services, "_answer", dies)
        with pytest.raises(RuntimeError):
            run(database, store)
    assert answers(database) == []
    run(database, store)
    assert answers(database)[0].data["counts"]["assets"] == 3


async def test_asked_again_it_answers_again(alice: Person, database: Database, store: Store) -> None:
    hears("auth.erasure.execute.v1", user_id=ALICE)
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store)
    hears("auth.erasure.execute.v1", user_id=ALICE)
    assert [(event.sequence, event.data["counts"]) for event in answers(database)] == [(1, {}), (2, {})]


async def test_who_was_erased_uploads_nothing_more(alice: Person, database: Database, store: Store) -> None:
    hears("auth.erasure.execute.v1", user_id=ALICE)
    answer = await alice.upload(jpeg())
    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")


async def test_in_the_end_no_table_knows_the_user(
    alice: Person, bob: Person, database: Database, store: Store, store_folder: Path
) -> None:
    await alice.upload(jpeg(), alt="me", key="once")
    await bob.has_uploaded(jpeg(60, 60))
    picture = (await alice.has_uploaded(jpeg(70, 70)))["id"]
    hears("auth.profile.updated.v1", user_id=ALICE, avatar=picture)
    assert {row.partition(":")[0] for row in traces(database, ALICE)} == {
        "assets",
        "idempotency_key",
        "outbox_event",
        *OF_AVATAR,
    }
    hears("auth.erasure.execute.v1", user_id=ALICE)
    run(database, store)
    hears("auth.profile.updated.v1", user_id=ALICE, avatar=picture)
    hears("auth.erasure.completed.v1")
    run(database, store, after=QUIET + timedelta(seconds=1))
    assert traces(database, ALICE), "what waits to be published is not forgotten yet"
    with database.writing() as session:
        session.execute(text("UPDATE outbox_event SET published_at = created_at"))
    run(database, store)
    assert traces(database, ALICE), "events may still be on their way"
    run(database, store, after=QUIET + timedelta(seconds=1))
    assert traces(database, ALICE) == []
    assert traces(database, BOB)
    with database.reading() as session:
        assert len(session.scalars(select(ErasedUser)).all()) == 1
