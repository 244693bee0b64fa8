"""Keeping each stored picture once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.database import insert
from media_service.storage.models import Blob


def blob_claim(session: Session, blob: Blob) -> Blob:
    """Claim this picture, or the one with the same bytes that is stored already; locked until the transaction ends.

    The lock keeps it from being removed before something refers to it. What is known of it only since lately is told
    anew: that it is not known would tell that somebody else stored the picture before.
    """
    values = {column.key: getattr(blob, column.key) for column in Blob.__table__.columns}
    statement = insert(session, Blob).values(values)
    known = {"sha256": blob.sha256, "animated": blob.animated}
    statement = statement.on_conflict_do_update(index_elements=["sha256"], set_=known)
    return session.scalars(statement.returning(Blob)).one()


def blob_lock(session: Session, blob_id: UUID) -> Blob:
    """The picture, locked until the transaction ends."""
    return session.scalars(select(Blob).where(Blob.id == blob_id).with_for_update()).one()
