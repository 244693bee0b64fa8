"""Counting what the pictures of each owner take, within a quota."""

from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from media_service.database import insert
from media_service.quota.models import OwnerStorage
from media_service.quota.selectors import storage_get


def storage_take(session: Session, owner_id: UUID, size: int, *, most: int | None) -> None:
    """Count one more asset of ``size`` bytes; raises Problem 413 where an owner would have more than ``most``.

    Whoever else counts for this owner waits until the transaction ends.
    """
    counted = insert(session, OwnerStorage).values(owner_id=owner_id, bytes=size, assets=1)
    counted = counted.on_conflict_do_update(
        index_elements=["owner_id"], set_={"bytes": OwnerStorage.bytes + size, "assets": OwnerStorage.assets + 1}
    )
    taken = session.scalar(counted.returning(OwnerStorage.bytes))
    if most is not None and (taken or 0) > most:
        raise _exceeded(most)


def storage_give_back(session: Session, owner_id: UUID, size: int) -> None:
    """Count one asset less; nothing is left of an owner without any."""
    row = OwnerStorage.owner_id == owner_id
    session.execute(
        update(OwnerStorage)
        .where(row)
        .values(bytes=OwnerStorage.bytes - size, assets=OwnerStorage.assets - 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(OwnerStorage).where(row, OwnerStorage.assets <= 0).execution_options(synchronize_session=False)
    )


def storage_require_room(session: Session, owner_id: UUID, size: int, *, most: int) -> None:
    """Raises Problem 413 where so many bytes more are sure to be refused: they need not be sent at all."""
    if storage_get(session, owner_id).bytes + size > most:
        raise _exceeded(most)


def _exceeded(most: int) -> Problem:
    return Problem(
        413, "quota_exceeded", f"Your pictures may have {most:,} bytes together, those in the trash included."
    )
