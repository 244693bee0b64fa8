"""The erased, of whom nothing is taken in any more."""

from datetime import datetime
from uuid import UUID

from chassis.erased import new_key, user_hash
from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.database import insert
from media_service.erased.models import ErasedUser, HashKey

_ONLY = 1


def erased_remember(session: Session, user_id: UUID, *, now: datetime) -> None:
    """From now on nothing of this user is taken in."""
    session.execute(insert(session, HashKey).values(id=_ONLY, key=new_key()).on_conflict_do_nothing())
    key = session.scalars(select(HashKey.key)).one()
    values = {"user_hash": user_hash(key, user_id), "erased_at": now}
    session.execute(insert(session, ErasedUser).values(values).on_conflict_do_nothing())


def is_erased(session: Session, user_id: UUID) -> bool:
    key = session.scalar(select(HashKey.key))
    return key is not None and session.get(ErasedUser, user_hash(key, user_id)) is not None
