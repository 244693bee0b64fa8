"""What can be asked about renditions."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.renditions.models import Rendition


def renditions_of(session: Session, blob_ids: Iterable[UUID]) -> Sequence[Rendition]:
    """All renditions of these stored pictures, smallest first."""
    query = select(Rendition).where(Rendition.blob_id.in_(list(blob_ids)))
    return session.scalars(
        query.order_by(Rendition.blob_id, Rendition.width, Rendition.height, Rendition.preset.desc())
    ).all()


def shown_asset(session: Session, asset_id: UUID) -> Asset | None:
    """The asset of a public address."""
    return session.get(Asset, asset_id)


def rendition_get(session: Session, blob_id: UUID, preset: str) -> Rendition | None:
    return session.get(Rendition, (blob_id, preset))
