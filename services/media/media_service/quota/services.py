"""Counting what the pictures of each owner take, within a quota."""

from collections.abc import Collection
from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from media_service.database import insert
from media_service.quota.models import OwnerStorage, StorageHold
from media_service.quota.selectors import storage_get, storage_held


def storage_take(session: Session, owner_id: UUID, size: int, *, most: int | None) -> None:
    """Count one more asset of ``size`` bytes; raises Problem 413 where an owner would have more than ``most``.

    Whoever else counts for this owner waits until the transaction ends.
    """
    counted = insert(session, OwnerStorage).values(owner_id=owner_id, bytes=size, assets=1)
    counted = counted.on_conflict_do_update(
        index_elements=["owner_id"], set_={"bytes": OwnerStorage.bytes + size, "assets": OwnerStorage.assets + 1}
    )
    taken = session.scalar(counted.returning(OwnerStorage.bytes))
    if most is not None and (taken or 0) + storage_held(session, owner_id) > most:
        raise _exceeded(most)


def storage_hold(session: Session, owner_id: UUID, hold_id: UUID, size: int, *, most: int) -> None:
    """Hold ``size`` bytes for what is on its way; raises Problem 413 where they would be more than ``most``.

    Whoever else counts for this owner waits until the transaction ends.
    """
    locked = insert(session, OwnerStorage).values(owner_id=owner_id, bytes=0, assets=0)
    locked = locked.on_conflict_do_update(index_elements=["owner_id"], set_={"assets": OwnerStorage.assets})
    session.execute(locked)
    storage_require_room(session, owner_id, size, most=most)
    session.add(StorageHold(id=hold_id, owner_id=owner_id, bytes=size))
    session.flush()
    _forget_if_empty(session, owner_id)


def storage_hold_less(session: Session, hold_id: UUID, size: int) -> None:
    """Hold ``size`` bytes of those that were held."""
    session.execute(update(StorageHold).where(StorageHold.id == hold_id).values(bytes=size))


def storage_let_go(session: Session, hold_ids: Collection[UUID]) -> None:
    """Hold nothing for these any more."""
    session.execute(delete(StorageHold).where(StorageHold.id.in_(hold_ids)))


def storage_give_back(session: Session, owner_id: UUID, size: int) -> None:
    """Count one asset less; nothing is left of an owner without any."""
    session.execute(
        update(OwnerStorage)
        .where(OwnerStorage.owner_id == owner_id)
        .values(bytes=OwnerStorage.bytes - size, assets=OwnerStorage.assets - 1)
        .execution_options(synchronize_session=False)
    )
    _forget_if_empty(session, owner_id)


def storage_require_room(session: Session, owner_id: UUID, size: int, *, most: int) -> None:
    """Raises Problem 413 where so many bytes more are sure to be refused: they need not be sent at all."""
    if storage_get(session, owner_id).bytes + storage_held(session, owner_id) + size > most:
        raise _exceeded(most)


def _forget_if_empty(session: Session, owner_id: UUID) -> None:
    empty = delete(OwnerStorage).where(OwnerStorage.owner_id == owner_id, OwnerStorage.assets <= 0)
    session.execute(empty.execution_options(synchronize_session=False))


def _exceeded(most: int) -> Problem:
    detail = f"Your pictures may have {most:,} bytes together, with those in the trash and on their way."
    return Problem(413, "quota_exceeded", detail)
