"""What can be asked about exports, and what media itself tells in them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.problems import Problem
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.exports.models import Export
from media_service.keeping.models import AssetUse
from media_service.storage.models import Blob
from media_service.storage.store import EXTENSIONS, key_of
from media_service.tus.models import Upload

AT_ONCE = 500  # rows in memory
_PICTURE = (
    *(Asset.id, Asset.sha256, Asset.alt, Asset.visibility, Asset.left_out, Asset.status, Asset.created_at),
    *(Asset.trashed_at, Asset.trashed_because, Asset.notice),
    *(Blob.mime, Blob.bytes, Blob.width, Blob.height),
)
_USE = (AssetUse.asset_id, AssetUse.service, AssetUse.object_type, AssetUse.object_id, AssetUse.since)
_UPLOAD = (Upload.id, Upload.metadata_sent, Upload.offset, Upload.length, Upload.created_at, Upload.expires_at)
_EXPORT = (Export.id, Export.asked_at, Export.expires_at)


def export_get(session: Session, export_id: UUID, user_id: UUID, *, now: datetime) -> Export:
    """The user's export that can be fetched; raises Problem 404."""
    query = select(Export).where(Export.id == export_id, Export.user_id == user_id, Export.expires_at > now)
    export = session.scalar(query)
    if export is None:
        raise Problem(404, "export_not_found", "There is no such export of yours, or it has expired.")
    return export


def originals_list(session: Session, user_id: UUID) -> Sequence[tuple[str, str]]:
    """The key of each of the user's pictures, those in the trash too, and its name in the archive."""
    query = select(Asset.id, Blob.id, Blob.sha256, Blob.mime).join(Blob, Blob.id == Asset.blob_id)
    rows = session.execute(query.where(Asset.owner_id == user_id).order_by(Asset.id))
    return [
        (key_of(blob_id, sha256, mime), f"media/originals/{asset_id}.{EXTENSIONS[mime]}")
        for asset_id, blob_id, sha256, mime in rows
    ]


def held_rows(session: Session, user_id: UUID) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What media holds about a user: the file and each of its rows."""
    pictures = select(*_PICTURE).join(Blob, Blob.id == Asset.blob_id).where(Asset.owner_id == user_id)
    yield from _named("pictures", session, pictures.order_by(Asset.id))
    uses = select(*_USE).join(Asset, Asset.id == AssetUse.asset_id).where(Asset.owner_id == user_id)
    yield from _named("uses", session, uses.order_by(AssetUse.asset_id, AssetUse.object_id))
    yield from _named("uploads", session, select(*_UPLOAD).where(Upload.owner_id == user_id).order_by(Upload.id))
    yield from _named("exports", session, select(*_EXPORT).where(Export.user_id == user_id).order_by(Export.id))


def _named(file: str, session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)).mappings():
        yield file, dict(row)
