"""Who uses an asset, why it is kept, and when it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.clock import format_timestamp
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Exists

from media_service.assets.models import Asset, AssetStatus
from media_service.assets.selectors import asset_get
from media_service.keeping.models import AssetUse
from media_service.retention_terms import Terms

State = Literal["processing", "ready", "failed", "orphan", "trashed"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Why an asset is kept; ``goes_at`` is when it leaves for the trash, or from there for good, if it does."""

    used_by: Sequence[AssetUse]
    kept_because: Literal["used", "grace", "trash"]
    goes_at: datetime | None

    def body(self) -> dict[str, Any]:
        """The usage as it is shown to clients."""
        return {
            "used_by": [
                {
                    "service": use.service,
                    "type": use.object_type,
                    "id": str(use.object_id),
                    "since": format_timestamp(use.since),
                }
                for use in self.used_by
            ],
            "kept_because": self.kept_because,
            "goes_at": self.goes_at and format_timestamp(self.goes_at),
        }


def usage_get(session: Session, asset_id: UUID, owner_id: UUID, *, terms: Terms) -> Usage:
    """The usage of an owner's asset; Problem 404 as asset_get has it."""
    return usage_of(session, asset_get(session, asset_id, owner_id, also_trashed=True), terms=terms)


def usage_of(session: Session, asset: Asset, *, terms: Terms) -> Usage:
    """The usage of an asset. Only objects of its owner can use it, see ``uses_set``."""
    uses = session.scalars(
        select(AssetUse)
        .where(AssetUse.asset_id == asset.id)
        .order_by(AssetUse.since, AssetUse.service, AssetUse.object_type, AssetUse.object_id)
    ).all()
    if asset.trashed_at is not None:
        return Usage(uses, "trash", asset.trashed_at + terms.trash)
    if uses:
        return Usage(uses, "used", None)
    return Usage(uses, "grace", asset.unused_since and asset.unused_since + terms.unused + terms.orphan)


def state_of(asset: Asset, *, terms: Terms, now: datetime) -> State:
    """What an asset is to its owner."""
    if asset.trashed_at is not None:
        return "trashed"
    is_unused = asset.unused_since is not None and asset.unused_since + terms.unused <= now
    if is_unused and asset.status == AssetStatus.READY:
        return "orphan"
    return AssetStatus(asset.status).value


def is_used() -> Exists:
    """A condition: something uses the asset of the query around it."""
    return exists().where(AssetUse.asset_id == Asset.id)


def has_missed_events(session: Session) -> bool:
    """Whether what others told waits to be heeded: who uses what is not known to the end."""
    return bool(session.scalar(text("SELECT 1 FROM inbox_event WHERE state IN ('failed', 'held', 'dead') LIMIT 1")))
