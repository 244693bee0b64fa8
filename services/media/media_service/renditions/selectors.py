"""What can be asked about renditions."""

from uuid import UUID

from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.storage.models import Rendition


def shown_asset(session: Session, asset_id: UUID) -> Asset | None:
    """The asset of a public address, unless it is in the trash."""
    asset = session.get(Asset, asset_id)
    return asset if asset and asset.trashed_at is None else None


def rendition_get(session: Session, blob_id: UUID, preset: str) -> Rendition | None:
    return session.get(Rendition, (blob_id, preset))
