"""Uploads that are sent again under their Idempotency-Key: the picture is taken in once, and answered alike."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, cast

from chassis.events.databases.sqlalchemy import SqlAlchemyTransaction
from chassis.events.ddl import Dialect
from chassis.idempotency import HEADER, REPLAYED, Attempt, KeptAnswer
from fastapi import Header, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import idempotency
from media_service.database import AsyncDatabase

Keep = Callable[[Session, KeptAnswer], None]
IdempotencyKey = Annotated[
    str | None,
    Header(alias=HEADER, description="the same upload with the same key is done once, and answered alike for 24 hours"),
]


async def create_once(
    database: AsyncDatabase, attempt: Attempt | None, create: Callable[[Keep], Awaitable[KeptAnswer]]
) -> Response:
    """What ``create`` answers, or what it answered the first time; without an attempt it just creates.

    ``create`` hands its answer to what it is given, in the session that creates. Raises Problem: 409, 422.
    """
    if attempt is None:
        return _response(await create(lambda _session, _answer: None))
    if kept := await database.write(_claim, attempt):
        return _response(kept, {REPLAYED: "true"})
    try:
        return _response(await create(partial(_keep, attempt)))
    except BaseException:  # one that is cancelled, too
        with suppress(SQLAlchemyError):  # else the claim ends by itself
            await asyncio.shield(database.write(_release, attempt))
        raise


def take_back(session: Session, attempt: Attempt) -> None:
    """Let the key be used again: what was created under it is gone."""
    idempotency.take_back(SqlAlchemyTransaction(session).execute, attempt)


def _claim(session: Session, attempt: Attempt) -> KeptAnswer | None:
    dialect = cast("Dialect", session.get_bind().dialect.name)
    return idempotency.claim(SqlAlchemyTransaction(session).execute, dialect, attempt)


def _keep(attempt: Attempt, session: Session, answer: KeptAnswer) -> None:
    idempotency.keep(SqlAlchemyTransaction(session).execute, attempt, answer)


def _release(session: Session, attempt: Attempt) -> None:
    idempotency.release(SqlAlchemyTransaction(session).execute, attempt)


def _response(answer: KeptAnswer, headers: dict[str, str] | None = None) -> Response:
    return Response(answer.body, answer.status, answer.headers | (headers or {}), media_type="application/json")
