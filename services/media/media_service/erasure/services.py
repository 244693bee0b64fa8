"""Erasing a user, in steps that are transactions of their own: whoever comes next goes on where the last one was.

Each step counts what it erased in the transaction that does; the answer tells auth the sums, once nothing is left.
"""

import time
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.sqlalchemy import SqlAlchemyDatabase, publish
from chassis.events.forgetting import forget, forget_dead_letters
from chassis.logging import get_logger
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from media_service.database import Database
from media_service.erased.services import erased_remember
from media_service.erasure.events import ErasureDone
from media_service.erasure.models import Erasure
from media_service.erasure.tables import ERASED
from media_service.settings import settings
from media_service.storage.store import Store

SECONDS = 30  # of one job
QUEUES = ("media.auth-events", "media.blog-events")
QUIET = timedelta(minutes=1)
"""How long after the last service has answered events may still be on their way."""

log = get_logger()


def erasure_begin(session: Session, erasure_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """Take a request of auth; asked again for what is done, answer again."""
    erasure = session.get(Erasure, erasure_id, with_for_update=True)
    if erasure is None:
        session.add(Erasure(id=erasure_id, user_id=user_id, begun_at=now, counts={}))
        erased_remember(session, user_id, now=now)
    elif erasure.done_at:
        _answer(session, erasure)


def erasure_complete(session: Session, erasure_id: UUID, *, now: datetime) -> None:
    """Take in that all services have answered."""
    erasure = session.get(Erasure, erasure_id, with_for_update=True)
    if erasure and erasure.completed_at is None:
        erasure.completed_at = now


def erasures_run(database: Database, store: Store, *, now: datetime, seconds: float = SECONDS) -> None:
    """Go on with what is asked for, for so long."""
    until = time.monotonic() + seconds
    under_way = select(Erasure).where(Erasure.user_id.is_not(None)).order_by(Erasure.id)
    for erasure_id in _ids(database, under_way.where(Erasure.done_at.is_(None))):
        mine = under_way.where(Erasure.id == erasure_id, Erasure.done_at.is_(None))
        while time.monotonic() < until and _step(database, store, mine, now=now):
            pass
    for erasure_id in _ids(database, under_way.where(Erasure.completed_at <= now - QUIET)):
        _forget(database, under_way.where(Erasure.id == erasure_id))


def _ids(database: Database, erasures: "Select[Erasure]") -> list[UUID]:
    with database.reading() as session:
        return [erasure.id for erasure in session.scalars(erasures)]


def _step(database: Database, store: Store, erasures: "Select[Erasure]", *, now: datetime) -> bool:
    """Erase some rows, or answer where none is left; gives whether there is more to do."""
    with database.writing() as session:
        erasure = session.scalar(erasures.with_for_update(skip_locked=True))
        if erasure is None:
            return False
        assert erasure.user_id
        for erase in ERASED.values():
            if erased := +erase(session, store, erasure.user_id):
                erasure.counts.update(Counter(erasure.counts) + erased)
                return True
        erasure.done_at = now
        _answer(session, erasure)
        log.info("user erased", erasure=str(erasure.id), rows=sum(erasure.counts.values()))
        return False


def _answer(session: Session, erasure: Erasure) -> None:
    erasure.answers += 1
    publish(session, ErasureDone(request_id=erasure.id, counts=dict(erasure.counts)), sequence=erasure.answers)


def _forget(database: Database, erasures: "Select[Erasure]") -> None:
    """Forget whose it was, once no event here says so any more."""
    user_id = None
    with database.reading() as session:
        if erasure := session.scalar(erasures):
            user_id = erasure.user_id
    if user_id and forget(SqlAlchemyDatabase(database.writing_engine), str(user_id)):
        forget_dead_letters(settings().events_url, QUEUES, str(user_id))
        with database.writing() as session:
            erasure = session.scalar(erasures.with_for_update())
            if erasure:
                erasure.user_id = None
