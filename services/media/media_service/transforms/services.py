"""What is kept of pictures that were drawn for signed addresses: who draws which, and what goes for it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from media_service.assets.models import Asset
from media_service.database import insert
from media_service.derived_bounds import DerivedBounds
from media_service.transforms.models import Derivative, DerivativeState, Wanted

GIVEN_UP_AFTER = timedelta(seconds=30)
"""A drawing that nobody has held for so long may be begun by somebody else: who was at it has died."""
HELD_EVERY = timedelta(seconds=10)
USED_ANEW_AFTER = timedelta(hours=1)
"""The use of a picture is written down no more often."""
EVICTED_AT_ONCE = 200


def derivative_claim(session: Session, wanted: Wanted, *, now: datetime) -> UUID | None:
    """Be the one who draws it; gives the id to keep it under, None where somebody is at it, or has ended."""
    begun = {"id": uuid7(), "owner_id": wanted.asset.owner_id, "state": DerivativeState.DRAWING, "used_at": now}
    claim = insert(session, Derivative).values(wanted.key | begun | {"sha256": "", "bytes": 0})
    claim = claim.on_conflict_do_update(
        index_elements=list(wanted.key),
        set_={"id": claim.excluded.id, "used_at": now},
        where=(Derivative.state == DerivativeState.DRAWING) & (Derivative.used_at <= now - GIVEN_UP_AFTER),
    )
    return session.scalar(claim.returning(Derivative.id))


def derivative_keep(  # noqa: PLR0913  named
    session: Session, claim: UUID, wanted: Wanted, *, sha256: str, size: int, bounds: DerivedBounds
) -> tuple[Derivative | None, list[str]]:
    """Record what was drawn under a claim and stored; gives it, and the keys of what has to go for it.

    None if the asset is gone, shows another picture, or somebody else has begun: then nobody needs the file.
    """
    revision = session.scalar(
        select(Asset.revision).where(Asset.id == wanted.asset.id).with_for_update(read=True)  # before its derivatives
    )
    kept = session.get(Derivative, claim, with_for_update=True)
    if kept is None or revision != wanted.asset.revision:
        derivative_forget(session, claim)
        return None, []
    kept.state, kept.sha256, kept.bytes = DerivativeState.DRAWN, sha256, size
    session.flush()
    return kept, [*_beyond(session, kept, bounds), *_make_room(session, bounds.bytes)]


def derivative_hold(session: Session, claim: UUID, *, now: datetime) -> None:
    """Say that it is still being drawn, so that nobody else begins; nothing where somebody has."""
    held = update(Derivative).where(Derivative.id == claim, Derivative.state == DerivativeState.DRAWING)
    session.execute(held.values(used_at=now))


def derivative_fail(session: Session, claim: UUID, *, bounds: DerivedBounds) -> list[str]:
    """Say that this can never be drawn, which counts as what was; gives the keys of what has to go for it."""
    failed = session.get(Derivative, claim, with_for_update=True)
    if failed is None:
        return []
    failed.state = DerivativeState.FAILED
    session.flush()
    return _beyond(session, failed, bounds)


def derivative_forget(session: Session, claim: UUID) -> None:
    """Let somebody else draw it: it failed for a passing reason, or its file is lost."""
    session.execute(delete(Derivative).where(Derivative.id == claim))


def derivative_use(session: Session, derivative: Derivative, *, now: datetime) -> None:
    """Write down that it is of use."""
    session.execute(update(Derivative).where(Derivative.id == derivative.id).values(used_at=now))


def derivatives_forget(session: Session, asset_id: UUID) -> None:
    """Forget all of an asset, which shows another picture; their files are the caller's to remove."""
    session.execute(delete(Derivative).where(Derivative.asset_id == asset_id))


def _beyond(session: Session, kept: Derivative, bounds: DerivedBounds) -> list[str]:
    """Evict what is too many; gives the keys of the files."""
    return [key for query in _too_many(kept, bounds) for key in _evict(session, query)]


def _too_many(kept: Derivative, bounds: DerivedBounds) -> tuple[Select[Derivative], ...]:
    """What is beyond the numbers, least recently used first to go: always of the same owner."""
    latest = select(Derivative).order_by(Derivative.used_at.desc(), Derivative.id.desc()).limit(EVICTED_AT_ONCE)
    return (
        latest.where(Derivative.asset_id == kept.asset_id).offset(bounds.per_asset),
        latest.where(Derivative.owner_id == kept.owner_id).offset(bounds.per_owner),
    )


def _make_room(session: Session, most: int) -> list[str]:
    """Evict of whoever takes the most, so that one who asks for much does not push out what others need."""
    taken = select(Derivative.owner_id, func.sum(Derivative.bytes).label("bytes")).group_by(Derivative.owner_id)
    owners = session.execute(taken.order_by(func.sum(Derivative.bytes).desc())).all()
    excess = sum(size for _, size in owners) - most
    if excess <= 0:
        return []
    oldest = select(Derivative).where(Derivative.owner_id == owners[0][0]).order_by(Derivative.used_at, Derivative.id)
    found, freed = [], 0
    for each in session.scalars(oldest.limit(EVICTED_AT_ONCE)):
        if freed >= excess:
            break
        found.append(each.id)
        freed += each.bytes
    return _evict(session, select(Derivative).where(Derivative.id.in_(found)))


def _evict(session: Session, query: Select[Derivative]) -> list[str]:
    """Forget those of a query; gives the keys of their files."""
    gone = session.scalars(query.with_for_update(skip_locked=True)).all()
    session.execute(delete(Derivative).where(Derivative.id.in_([each.id for each in gone])))
    return [each.key for each in gone if each.state == DerivativeState.DRAWN]
