"""What decides how long assets stay: uses begin and end, owners delete and restore, staff takes down, time goes by.

Whoever changes several assets locks them in the order of their ids.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.logging import get_logger
from chassis.problems import Problem
from chassis.tokens import Claims
from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from media_service.assets.models import Asset, AssetStatus, TrashedBecause
from media_service.assets.selectors import asset_get, locking
from media_service.assets.services import asset_remove, asset_trash, asset_untrash
from media_service.database import insert
from media_service.keeping.models import AssetUse, UsingObject
from media_service.keeping.selectors import has_missed_events, is_used, usage_of
from media_service.keeping.step_up import step_up_require
from media_service.retention_terms import Terms

AT_ONCE = 500

log = get_logger()


@dataclass(frozen=True, slots=True)
class Using:
    """An object of another service: a post of blog, a profile of auth."""

    service: str
    object_type: str
    object_id: UUID


def uses_set(  # noqa: PLR0913  named
    session: Session,
    using: Using,
    wanted: Collection[UUID],
    *,
    owner_id: UUID | None,
    sequence: int,
    now: datetime,
    or_same: bool = False,
) -> None:
    """Say that an object uses these assets and no others, unless something newer was said.

    With ``or_same`` also where the same was said, in case that it was lost later. Only assets of ``owner_id`` count,
    for nobody may keep another's picture from being deleted; None takes all. One that went to the trash because it was
    unused comes back.
    """
    if not _is_newer(session, using, sequence, or_same=or_same):
        return
    before = set(session.scalars(select(AssetUse.asset_id).where(*_of(using))))
    changed = locking(select(Asset).where(Asset.id.in_(before ^ set(wanted))).order_by(Asset.id))
    assets, ended = session.scalars(changed).all(), before - set(wanted)
    session.execute(delete(AssetUse).where(*_of(using), AssetUse.asset_id.in_(ended)))
    for asset in assets:
        if asset.id not in ended and owner_id in {asset.owner_id, None}:
            _begin(session, asset, using, now)
    _release(session, ended, now)


def asset_delete(  # noqa: PLR0913  named
    session: Session, asset_id: UUID, caller: Claims, *, force: bool, terms: Terms, now: datetime
) -> None:
    """Put an asset of the caller's into the trash.

    Raises Problem 404, 409 with its usage if it is used and not forced, and StepUpRequired if it is forced by who has
    not just logged in: a token may be a stolen one, and posts would lose their pictures.
    """
    asset = asset_get(session, asset_id, caller.sub, lock=True)
    usage = usage_of(session, asset, terms=terms)
    if usage.used_by and not force:
        detail = "This picture is used; force=true deletes it all the same."
        raise Problem(409, "asset_in_use", detail, members={"usage": usage.body()})
    if usage.used_by:
        step_up_require(caller, now=now)
        log.info("used picture deleted", asset=str(asset_id), uses=len(usage.used_by))
    uses, because = len(usage.used_by), TrashedBecause.DELETED
    asset_trash(session, asset, because, actor=caller.sub, now=now, uses=uses, session_id=caller.sid)


def asset_delete_or_purge(  # noqa: PLR0913  named
    session: Session, asset_id: UUID, caller: Claims, *, force: bool, terms: Terms, now: datetime
) -> list[str]:
    """Delete an asset; one that is in the trash already goes for good, see ``assets.services.asset_remove``."""
    asset = asset_get(session, asset_id, caller.sub, lock=True, also_trashed=True)
    if asset.trashed_because == TrashedBecause.TAKEN_DOWN:
        raise _taken_down()
    if asset.trashed_at is not None:
        return asset_purge(session, asset, now=now)
    asset_delete(session, asset_id, caller, force=force, terms=terms, now=now)
    return []


def asset_restore(session: Session, asset_id: UUID, owner_id: UUID, *, now: datetime) -> Asset:
    """Take an asset out of the trash; raises Problem 404, and 409 for one that staff has taken down."""
    asset = asset_get(session, asset_id, owner_id, lock=True, also_trashed=True)
    if asset.trashed_because == TrashedBecause.TAKEN_DOWN:
        raise _taken_down()
    if asset.trashed_at is not None:
        _untrash(session, asset, actor=owner_id, now=now)
    return asset


def asset_take_down(  # noqa: PLR0913  named
    session: Session, asset_id: UUID, notice: str, *, caller: Claims, terms: Terms, now: datetime
) -> None:
    """Show an asset to nobody but its owner, with why, who cannot restore it.

    Raises StepUpRequired for who has not just logged in, as asset_delete does where it is forced, and Problem 404.
    """
    step_up_require(caller, now=now)
    asset = session.scalar(locking(select(Asset).where(Asset.id == asset_id)))
    if asset is None:
        raise Problem(404, "not_found", "There is no such picture.")
    asset.notice = notice
    uses = len(usage_of(session, asset, terms=terms).used_by)
    asset_trash(session, asset, TrashedBecause.TAKEN_DOWN, actor=caller.sub, now=now, uses=uses)
    log.info("picture taken down", asset=str(asset_id), by=str(caller.sub))


def asset_purge(session: Session, asset: Asset, *, now: datetime) -> list[str]:
    """Remove an asset for good, and what is known of its uses; gives what ``asset_remove`` does."""
    session.execute(delete(AssetUse).where(AssetUse.asset_id == asset.id))
    return asset_remove(session, asset.id, asset.owner_id, now=now)


def assets_trash_unused(session: Session, *, terms: Terms, now: datetime) -> int:
    """Put orphans whose time is over into the trash, some at a time; gives how many.

    None while events wait that could not be heeded: they may tell of uses.
    """
    if has_missed_events(session):
        log.warning("no unused pictures go to the trash: events wait that were not heeded")
        return 0
    over = now - terms.unused - terms.orphan
    unused = select(Asset).where(
        Asset.unused_since <= over, Asset.trashed_at.is_(None), Asset.status != AssetStatus.PROCESSING, ~is_used()
    )
    found = session.scalars(unused.order_by(Asset.id).limit(AT_ONCE).with_for_update(of=Asset, skip_locked=True)).all()
    for asset in found:
        asset_trash(session, asset, TrashedBecause.UNUSED, actor=None, now=now)
    return len(found)


def assets_purgeable(session: Session, *, terms: Terms, now: datetime) -> list[UUID]:
    """Assets whose time in the trash is over, some at a time; of unused ones none while events wait."""
    over = select(Asset.id).where(Asset.trashed_at <= now - terms.trash)
    if has_missed_events(session):
        over = over.where(Asset.trashed_because != TrashedBecause.UNUSED)
    return list(session.scalars(over.order_by(Asset.trashed_at).limit(AT_ONCE)))


def asset_purge_if_over(session: Session, asset_id: UUID, *, terms: Terms, now: datetime) -> list[str]:
    """Remove an asset for good unless it was restored meanwhile; gives what asset_purge does."""
    query = select(Asset).where(Asset.id == asset_id, Asset.trashed_at <= now - terms.trash)
    asset = session.scalar(locking(query))
    return asset_purge(session, asset, now=now) if asset else []


def _is_newer(session: Session, using: Using, sequence: int, *, or_same: bool) -> bool:
    said = insert(session, UsingObject).values(
        service=using.service, object_type=using.object_type, object_id=using.object_id, sequence=sequence
    )
    said = said.on_conflict_do_update(
        index_elements=["service", "object_type", "object_id"],
        set_={"sequence": sequence},
        where=UsingObject.sequence <= sequence if or_same else UsingObject.sequence < sequence,
    )
    return session.scalar(said.returning(UsingObject.sequence)) is not None


def _begin(session: Session, asset: Asset, using: Using, now: datetime) -> None:
    session.add(
        AssetUse(
            asset_id=asset.id,
            service=using.service,
            object_type=using.object_type,
            object_id=using.object_id,
            since=now,
        )
    )
    asset.unused_since = None
    if asset.trashed_because == TrashedBecause.UNUSED:
        asset_untrash(session, asset, actor=None)


def _release(session: Session, ended: Collection[UUID], now: datetime) -> None:
    """From now on those are unused that nothing else uses."""
    released = update(Asset).where(Asset.id.in_(ended), ~is_used()).values(unused_since=now)
    session.execute(released.execution_options(synchronize_session=False))


def _untrash(session: Session, asset: Asset, *, actor: UUID, now: datetime) -> None:
    has_uses = session.scalar(select(AssetUse.asset_id).where(AssetUse.asset_id == asset.id).limit(1))
    asset.unused_since = None if has_uses else now
    asset_untrash(session, asset, actor=actor)


def _of(using: Using) -> tuple[ColumnElement[bool], ...]:
    return (
        AssetUse.service == using.service,
        AssetUse.object_type == using.object_type,
        AssetUse.object_id == using.object_id,
    )


def _taken_down() -> Problem:
    return Problem(
        409, "asset_taken_down", "This picture was taken down; it stays in the trash until its time is over."
    )
