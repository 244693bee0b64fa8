"""A picture that is sent again under its Idempotency-Key."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from chassis.idempotency import KeptAnswer, attempt_of
from chassis.testing.unanswered import HIDE_KEYS, SHOW_KEYS, UNANSWERED
from fastapi import FastAPI
from media_service.database import Database
from media_service.settings import MediaSettings
from media_service.testing.drawn import jpeg
from media_service.testing.people import ALICE, Person
from media_service.uploads.once import Keep, create_once
from sqlalchemy import text

from chassis import clock


async def count(alice: Person) -> int:
    return int((await alice.get("/api/v1/media")).json()["count"])


async def test_a_picture_sent_again_is_there_once_and_answered_alike(alice: Person, bob: Person) -> None:
    first = await alice.upload(jpeg(), alt="x", key="k-1")
    await alice.send("PATCH", f"/api/v1/media/{first.json()['id']}", json={"alt": "changed"})
    again = await alice.upload(jpeg(), alt="x", key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert await count(alice) == 1
    assert (await bob.upload(jpeg(), alt="x", key="k-1")).json()["id"] != first.json()["id"]


async def test_a_picture_that_has_filled_its_owners_room_is_answered_again(
    alice: Person, app: FastAPI, own_settings: MediaSettings
) -> None:
    sent = jpeg()
    settings = own_settings.model_copy(update={"quota_bytes": len(sent)})
    app.state.service = dataclasses.replace(app.state.service, settings=settings)
    answers = [await alice.upload(sent, key="k-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (await alice.upload(sent, key="k-2")).json()["code"] == "quota_exceeded"


async def test_without_a_key_or_with_another_one_it_is_another_asset(alice: Person) -> None:
    for key in (None, None, "k-1", "k-2"):
        assert (await alice.upload(jpeg(), key=key)).status_code == 201
    assert await count(alice) == 4


async def test_a_key_used_for_another_picture_or_other_words_is_refused(alice: Person) -> None:
    await alice.upload(jpeg(), key="k-1")
    for answer in (await alice.upload(jpeg(), key="k-1", alt="y"), await alice.upload(jpeg(9, 9), key="k-1")):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "a b", "k" * 256])
async def test_what_can_be_no_key_is_refused(alice: Person, key: str) -> None:
    answer = await alice.upload(jpeg(), key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


async def test_what_was_refused_leaves_its_key_free(alice: Person) -> None:
    assert (await alice.upload(jpeg()[:-40], key="k-1")).status_code == 422
    assert (await alice.upload(jpeg(), key="k-1")).status_code == 201


async def test_a_first_try_whose_process_died_is_taken_over(alice: Person, database: Database) -> None:
    await alice.upload(jpeg(), key="k-1")
    with database.writing() as session:
        session.execute(text("UPDATE idempotency_key SET answer = NULL"))
    answer = await alice.upload(jpeg(), key="k-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
    with database.writing() as session:
        ended = clock.to_database(datetime.now(UTC) - timedelta(seconds=1))
        session.execute(text("UPDATE idempotency_key SET running_until = :ended"), {"ended": ended})
    assert (await alice.upload(jpeg(), key="k-1")).status_code == 201


async def test_many_at_once_make_one_asset(alice: Person) -> None:
    answers = await asyncio.gather(*(alice.upload(jpeg(), key="k-1") for _ in range(6)))
    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.json()["code"] for answer in answers if answer not in made} <= {"idempotency_in_progress"}
    assert len({answer.json()["id"] for answer in made}) == 1
    assert await count(alice) == 1


@pytest.mark.parametrize("error", UNANSWERED, ids=repr)
@pytest.mark.parametrize("is_freed", [True, False])
async def test_what_ends_without_an_answer_says_why_and_leaves_its_key_free(
    app: FastAPI, database: Database, error: BaseException, *, is_freed: bool
) -> None:
    attempt = attempt_of("k-1", caller=ALICE, method="POST", path="/", sent=b"")

    def execute(sql: str) -> None:
        with database.writing() as session:
            session.execute(text(sql))

    async def fail(_keep: Keep) -> KeptAnswer:
        if not is_freed:
            execute(HIDE_KEYS)
        raise error

    try:
        with pytest.raises(type(error)) as caught:
            await create_once(app.state.service.database, attempt, fail)
    finally:
        if not is_freed:
            execute(SHOW_KEYS)
    assert caught.value is error
    with database.reading() as session:
        claims = session.scalar(text("SELECT count(*) FROM idempotency_key"))
    assert claims == (0 if is_freed else 1)
