"""Every table of media and its store, and what becomes of what is there when a user is erased.

A table that is in neither list fails a test: whoever adds one says here what is to be done.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.assets.services import asset_remove
from media_service.exports.models import Export
from media_service.exports.packing import export_key
from media_service.keeping.models import AssetUse, UsingObject
from media_service.storage.store import DERIVED, Store, upload_folder
from media_service.tus.services import uploads_remove_of

AT_ONCE = 20  # assets of one transaction, each with its event and files

Erase = Callable[[Session, Store, UUID], Counter[str]]


def _assets(session: Session, store: Store, user_id: UUID) -> Counter[str]:
    """Some of them with their files, unless somebody else shows the same picture; others hear of each.

    The files go before the commit: were it to fail, the rows are there to begin again with.
    """
    query = select(Asset.id).where(Asset.owner_id == user_id).order_by(Asset.id).limit(AT_ONCE)
    erased: Counter[str] = Counter()
    for asset_id in session.scalars(query).all():
        unused = asset_remove(session, asset_id, user_id, now=datetime.now(UTC))
        erased["assets"] += 1
        store.remove(*unused)
        erased.update("files" for folder in unused if not folder.startswith(DERIVED))
    return erased


def _uploads(session: Session, store: Store, user_id: UUID) -> Counter[str]:
    """What is on its way, with its pieces."""
    erased = uploads_remove_of(session, user_id)
    for upload in erased:
        store.remove(upload_folder(upload.id))
    return Counter(uploads=len(erased))


def _uses(session: Session, _store: Store, user_id: UUID) -> Counter[str]:
    """What their profile showed; posts are their own to tell of."""
    uses = session.execute(delete(AssetUse).where(AssetUse.object_id == user_id).returning(AssetUse.asset_id)).all()
    told = delete(UsingObject).where(UsingObject.object_id == user_id).returning(UsingObject.object_id)
    return Counter(asset_uses=len(uses), using_objects=len(session.execute(told).all()))


def _keys(session: Session, _store: Store, user_id: UUID) -> Counter[str]:
    deleted = text("DELETE FROM idempotency_key WHERE caller = :caller RETURNING 1")
    return Counter(idempotency_key=len(session.execute(deleted, {"caller": str(user_id)}).all()))


def _exports(session: Session, store: Store, user_id: UUID) -> Counter[str]:
    """The archives with their files, also one that is being made: its file goes when it finds no row."""
    gone = session.scalars(delete(Export).where(Export.user_id == user_id).returning(Export.id)).all()
    store.remove_keys([export_key(export_id) for export_id in gone])
    return Counter(exports=len(gone))


ERASED: Final[Mapping[str, Erase]] = {
    "uploads": _uploads,
    "assets": _assets,
    "asset_uses": _uses,
    "idempotency_key": _keys,
    "exports": _exports,
}
"""In this order, by table: what erases some of its rows and gives how many of what; none at the end."""

NOBODYS: Final[Mapping[str, str]] = {
    "alembic_version": "a number",
    "asset_forms": "go with their asset",
    "blobs": "goes with the last asset that shows it",
    "derivatives": "go with their asset, whose folder of them is removed",
    "erased_key": "the key of hashes",
    "erased_users": "keyed hashes",
    "erasures": "forgets the user when all services have answered",
    "inbox_event": "forgotten when all services have answered",
    "outbox_event": "forgotten when all services have answered",
    "outbox_shard": "numbers",
    "owner_storage": "goes with the last asset of its owner",
    "removed_assets": "ids of pictures that are gone",
    "rendition_forms": "goes with its blob",
    "renditions": "goes with its blob",
    "storage_holds": "go with their upload",
    "upload_parts": "go with their upload",
    "using_objects": "goes with the uses",
}
"""Tables that are left as they are, and why."""
