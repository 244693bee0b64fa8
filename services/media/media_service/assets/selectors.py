"""What can be asked about assets."""

from collections.abc import Sequence
from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, defaultload, selectinload

from media_service.assets.models import Asset, RemovedAsset
from media_service.storage.models import Blob


def asset_get(
    session: Session, asset_id: UUID, owner_id: UUID, *, lock: bool = False, also_trashed: bool = False
) -> Asset:
    """The owner's asset; Problem 404 for one that is not there or in the trash, and for somebody else's."""
    query = select(Asset).where(Asset.id == asset_id, Asset.owner_id == owner_id)
    query = query if also_trashed else query.where(Asset.trashed_at.is_(None))
    asset = session.scalar(locking(query) if lock else query)
    if asset is None:
        raise Problem(404, "not_found", "There is no such picture of yours.")
    return asset


def locking(query: Select[Asset]) -> Select[Asset]:
    """The query for assets, locked until the transaction ends, their stored pictures read after that.

    Joined to these, PostgreSQL would leave out an asset that was given another picture while it waited for the lock.
    """
    return query.options(selectinload(Asset.blob)).with_for_update(of=Asset)


def assets_count(session: Session, owner_id: UUID) -> int:
    return session.scalar(select(func.count()).where(*_shown(owner_id))) or 0


def assets_list(session: Session, owner_id: UUID, *, offset: int, limit: int) -> Sequence[Asset]:
    """The owner's assets, newest first."""
    query = select(Asset).where(*_shown(owner_id)).order_by(Asset.id.desc())
    return session.scalars(query.offset(offset).limit(limit)).all()


def assets_after(session: Session, owner_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Asset]:
    """The owner's assets and those in the trash, newest first, from behind ``after`` on."""
    query = select(Asset).where(Asset.owner_id == owner_id).order_by(Asset.id.desc()).limit(limit)
    return session.scalars(query if after is None else query.where(Asset.id < after)).all()


def assets_by_id(session: Session, ids: Sequence[UUID]) -> Sequence[Asset]:
    """The assets by their ids that are there and not in the trash, whoever owns them, with their renditions."""
    query = select(Asset).where(Asset.id.in_(ids), Asset.trashed_at.is_(None))
    query = query.options(defaultload(Asset.blob).selectinload(Blob.renditions))
    return session.scalars(query).all()


def _shown(owner_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Asset.owner_id == owner_id, Asset.trashed_at.is_(None)


def asset_was_known(session: Session, asset_id: UUID) -> bool:
    """Whether the id is or has been an asset's."""
    return bool(session.get(Asset, asset_id) or session.get(RemovedAsset, asset_id))
