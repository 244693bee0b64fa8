"""What can be asked about the storage of owners."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from media_service.quota.models import OwnerStorage, StorageHold


def storage_get(session: Session, owner_id: UUID) -> OwnerStorage:
    """What an owner's pictures take; nothing where there are none."""
    return session.get(OwnerStorage, owner_id) or OwnerStorage(owner_id=owner_id, bytes=0, assets=0)


def storage_held(session: Session, owner_id: UUID) -> int:
    """Bytes that an owner's pictures on their way may yet take."""
    return int(session.scalar(select(func.sum(StorageHold.bytes)).where(StorageHold.owner_id == owner_id)) or 0)


def storage_list(session: Session) -> Sequence[OwnerStorage]:
    """What all owners' pictures take, most bytes first."""
    return session.scalars(select(OwnerStorage).order_by(OwnerStorage.bytes.desc(), OwnerStorage.owner_id)).all()
