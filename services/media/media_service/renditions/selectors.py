"""What can be asked about renditions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset, AssetForm, AssetStatus
from media_service.storage.models import Rendition, RenditionForm


def shown_asset(session: Session, asset_id: UUID) -> Asset | None:
    """The asset of an address that was signed, unless it is in the trash."""
    asset = session.get(Asset, asset_id)
    return asset if asset and asset.trashed_at is None else None


def public_asset(session: Session, asset_id: UUID) -> Asset | None:
    """The asset of an address that was not signed: private ones have none."""
    asset = shown_asset(session, asset_id)
    return None if asset and asset.is_private else asset


def drawn_count(session: Session) -> int:
    """How many stored pictures have renditions."""
    return session.scalar(select(func.count(Rendition.blob_id.distinct()))) or 0


def drawn_after(session: Session, after: UUID, *, limit: int) -> Sequence[UUID]:
    """Stored pictures that have renditions, in the order of their ids, from behind one on."""
    query = select(Rendition.blob_id).distinct().where(Rendition.blob_id > after)
    return session.scalars(query.order_by(Rendition.blob_id).limit(limit)).all()


def rendition_get(session: Session, blob_id: UUID, preset: str) -> Rendition | None:
    return session.get(Rendition, (blob_id, preset))


def form_get(session: Session, asset: Asset, preset: str, mime: str) -> RenditionForm | None:
    """A rendition in another form than WebP, if it was drawn for this asset."""
    key = (asset.blob_id, preset, mime)
    return session.get(RenditionForm, key) if session.get(AssetForm, (*key, asset.id)) else None


def form_file_is_recorded(session: Session, form: RenditionForm) -> bool:
    """Whether the file of a form is that of one which is recorded: its key says what is in it, not of which size."""
    same = (RenditionForm.blob_id == form.blob_id, RenditionForm.sha256 == form.sha256, RenditionForm.mime == form.mime)
    return bool(session.scalar(select(exists().where(*same))))


def renditions_waiting(session: Session, *, now: datetime) -> timedelta:
    """Age of the oldest picture whose renditions are to be made; nothing where none waits."""
    shown_since = func.coalesce(Asset.replaced_at, Asset.created_at, type_=Asset.created_at.type)
    oldest = session.scalar(select(func.min(shown_since)).where(Asset.status == AssetStatus.PROCESSING))
    return now - oldest if oldest else timedelta()
