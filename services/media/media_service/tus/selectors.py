"""What can be asked about uploads."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from media_service.tus.models import Upload, UploadPart


def upload_get(session: Session, upload_id: UUID, owner_id: UUID, *, now: datetime, lock: bool = False) -> Upload:
    """The owner's upload; Problem 404 for one that is not there or has expired, and for somebody else's."""
    query = select(Upload).where(Upload.id == upload_id, Upload.owner_id == owner_id, Upload.expires_at > now)
    upload = session.scalar(query.with_for_update() if lock else query)
    if upload is None:
        raise Problem(404, "not_found", "There is no such upload of yours, or its time is over.")
    return upload


def parts_list(session: Session, upload_id: UUID) -> Sequence[UploadPart]:
    """The pieces of an upload, in the order of its bytes."""
    return session.scalars(select(UploadPart).where(UploadPart.upload_id == upload_id).order_by(UploadPart.start)).all()


def parts_count(session: Session, upload_id: UUID) -> int:
    return session.scalar(select(func.count()).where(UploadPart.upload_id == upload_id)) or 0


def open_count(session: Session, owner_id: UUID) -> int:
    """How many uploads an owner has begun that have not come to their end."""
    return session.scalar(select(func.count()).where(Upload.owner_id == owner_id, Upload.asset_id.is_(None))) or 0


def uploads_known(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """The uploads by their ids that are there, whoever owns them."""
    return set(session.scalars(select(Upload.id).where(Upload.id.in_(ids))))
