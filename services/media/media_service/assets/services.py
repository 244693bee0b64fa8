"""What changes an asset. Each change that others care about raises its version and publishes it."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chassis.events.databases.sqlalchemy import publish
from chassis.preconditions import IfMatch
from chassis.problems import Problem
from chassis.tokens import TokenRefused
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from media_service.assets.events import (
    AssetFailed,
    AssetReady,
    AssetRemoved,
    AssetReplaced,
    AssetState,
    AssetUploaded,
    ShownChanged,
)
from media_service.assets.models import Asset, AssetForm, AssetStatus, RemovedAsset, TrashedBecause
from media_service.assets.selectors import asset_get
from media_service.database import insert
from media_service.erased.services import is_erased
from media_service.quota.services import storage_give_back, storage_take
from media_service.storage.models import Blob
from media_service.storage.services import blob_claim, blob_lock
from media_service.storage.store import derived_folder, folder_of

FIRST_RETRY = timedelta(seconds=60)


def asset_add(  # noqa: PLR0913  all an upload has
    session: Session,
    blob: Blob,
    *,
    owner_id: UUID,
    sha256: str,
    alt: str,
    now: datetime,
    asset_id: UUID | None = None,
    left_out: str = "",
    quota_bytes: int | None = None,
) -> Asset:
    """Make an asset, with a new id unless one is given, of a picture whose file is stored.

    If the same picture was stored before, the asset shows that one, and the new files are nobody's. Raises Problem 413
    where the owner's pictures would have more than ``quota_bytes``, and TokenRefused for an owner who was erased
    meanwhile.
    """
    if is_erased(session, owner_id):
        raise TokenRefused("token_revoked")
    size = blob.bytes
    asset = Asset(
        id=asset_id or uuid7(),
        owner_id=owner_id,
        blob=blob_claim(session, blob),
        sha256=sha256,
        alt=alt,
        left_out=left_out,
        retry_at=now + FIRST_RETRY,
        created_at=now,
        unused_since=now,
    )
    session.add(asset)
    session.flush()
    storage_take(session, owner_id, size, most=quota_bytes)
    _publish(session, AssetUploaded, asset, actor=owner_id)
    return asset


def asset_describe(session: Session, asset_id: UUID, owner_id: UUID, *, alt: str | None = None) -> Asset:
    """Change the alternative text; None leaves it. Raises Problem 404 as asset_get does."""
    asset = asset_get(session, asset_id, owner_id)
    if alt is not None:
        asset.alt = alt
    return asset


def asset_change(
    session: Session, asset_id: UUID, owner_id: UUID, fields: Mapping[str, object], *, require: Callable[[Asset], None]
) -> Asset:
    """Set fields of the owner's asset, also of one in the trash, if ``require`` does not raise.

    Raises Problem 404 as asset_get does.
    """
    asset = asset_get(session, asset_id, owner_id, lock=True, also_trashed=True)
    require(asset)
    was_private = asset.is_private
    for name, value in fields.items():
        setattr(asset, name, value)
    if asset.is_private != was_private:
        shown_changed(session, asset_id)
    return asset


def asset_replace(  # noqa: PLR0913  all a picture has
    session: Session,
    asset_id: UUID,
    owner_id: UUID,
    blob: Blob,
    *,
    sha256: str,
    left_out: str,
    matching: IfMatch,
    quota_bytes: int,
    now: datetime,
) -> tuple[Asset, list[str]]:
    """Let an asset show another picture, whose file is stored; gives it, and as asset_remove the folders that are over.

    Raises Problem 404 as asset_get does, 412 where it is not as the caller has seen it, 413 as asset_add does.
    """
    asset = asset_get(session, asset_id, owner_id, lock=True)
    matching.require_version(asset.version)
    old, size = asset.blob, blob.bytes
    if old.sha256 < blob.sha256:  # always in this order: somebody else may replace the one by the other
        blob_lock(session, old.id)
    asset.blob = blob_claim(session, blob)
    blob_lock(session, old.id)
    storage_give_back(session, owner_id, old.bytes)
    storage_take(session, owner_id, size, most=quota_bytes)
    asset.sha256, asset.left_out, asset.replaced_at, asset.focal = sha256, left_out, now, None
    asset.status, asset.reason, asset.attempts, asset.retry_at = AssetStatus.PROCESSING, None, 0, now + FIRST_RETRY
    asset.revision += 1
    asset.version += 1
    session.flush()
    session.execute(delete(AssetForm).where(AssetForm.asset_id == asset_id))  # it may show the old picture once more
    shown_changed(session, asset_id)
    _publish(session, AssetReplaced, asset, actor=owner_id)
    return asset, [derived_folder(asset_id, asset.revision - 1), *_forget_unshown(session, old)]


def asset_mark_ready(session: Session, asset: Asset) -> None:
    """Say that all renditions are there."""
    asset.status = AssetStatus.READY
    if asset.trashed_at is None:
        asset.version += 1
        _publish(session, AssetReady, asset, actor=asset.owner_id)


def asset_mark_failed(session: Session, asset: Asset, reason: str) -> None:
    """Say that there will be no renditions."""
    asset.status = AssetStatus.FAILED
    asset.reason = reason
    if asset.trashed_at is None:
        asset.version += 1
        _publish(session, AssetFailed, asset, actor=asset.owner_id)


def asset_trash(  # noqa: PLR0913  named
    session: Session,
    asset: Asset,
    because: TrashedBecause,
    *,
    actor: UUID | None,
    now: datetime,
    uses: int = 0,
    session_id: UUID | None = None,
) -> None:
    """Show an asset to nobody but its owner any more, and say that it is removed, though so many objects use it.

    ``session_id`` is that of the owner who deletes it.
    """
    asset.trashed_at, asset.trashed_because = now, because
    asset.version += 1
    shown_changed(session, asset.id)
    _publish(session, AssetRemoved, asset, actor=actor, cause=because, uses=uses, session_id=session_id)


def asset_untrash(session: Session, asset: Asset, *, actor: UUID | None) -> None:
    """Show an asset as it was, and say what it is."""
    asset.trashed_at, asset.trashed_because = None, ""
    asset.version += 1
    _publish(session, _TELLS[AssetStatus(asset.status)], asset, actor=actor)


def shown_changed(session: Session, asset_id: UUID) -> None:
    """Let caches forget an asset; by the time in microseconds, since nobody has to know which of two was the later."""
    publish(session, ShownChanged(asset_id=asset_id), sequence=time.time_ns() // 1000)


def asset_remove(session: Session, asset_id: UUID, owner_id: UUID, *, now: datetime) -> list[str]:
    """Remove an asset for good, used or not; gives the folders whose files are to go then.

    That of its stored picture is one of them if nobody else shows that.
    """
    asset = asset_get(session, asset_id, owner_id, lock=True, also_trashed=True)
    blob = blob_lock(session, asset.blob_id)
    asset.version += 1
    shown_changed(session, asset_id)
    _publish(session, AssetRemoved, asset, actor=owner_id)
    storage_give_back(session, owner_id, blob.bytes)
    session.delete(asset)
    session.add(RemovedAsset(id=asset_id, removed_at=now))
    session.flush()
    return [derived_folder(asset_id), *_forget_unshown(session, blob)]


def asset_hold_id(session: Session, asset_id: UUID, *, now: datetime) -> None:
    """Have an id that the caller has chosen until the transaction ends; raises Problem (409) if it is used up."""
    if not _spend_id(session, asset_id, now) or session.get(Asset, asset_id) is not None:
        raise Problem(409, "asset_id_used", "This id is another picture's, or was.")
    _unspend_id(session, asset_id)


def asset_release(session: Session, asset_id: UUID, owner_id: UUID, *, now: datetime) -> list[str]:
    """Remove an asset as ``asset_remove`` does; one that is still on its way will not be taken in."""
    if not _spend_id(session, asset_id, now) or session.get(Asset, asset_id) is None:
        return []
    _unspend_id(session, asset_id)
    return asset_remove(session, asset_id, owner_id, now=now)


def _forget_unshown(session: Session, blob: Blob) -> list[str]:
    """Forget a stored picture that is locked unless an asset shows it; gives its folder if so."""
    if session.scalar(select(exists().where(Asset.blob_id == blob.id))):
        return []
    session.delete(blob)
    return [folder_of(blob.id)]


def _spend_id(session: Session, asset_id: UUID, now: datetime) -> bool:
    """Whether nobody had spent the id before; waits for a transaction that is just using it."""
    spent = insert(session, RemovedAsset).values(id=asset_id, removed_at=now).on_conflict_do_nothing()
    return session.execute(spent.returning(RemovedAsset.id)).first() is not None


def _unspend_id(session: Session, asset_id: UUID) -> None:
    session.execute(delete(RemovedAsset).where(RemovedAsset.id == asset_id))


_TELLS = {
    AssetStatus.PROCESSING: AssetUploaded,
    AssetStatus.READY: AssetReady,
    AssetStatus.FAILED: AssetFailed,
}


def _publish(
    session: Session, told: type[AssetState], asset: Asset, *, actor: UUID | None = None, **more: object
) -> None:
    state = told.model_validate(asset, from_attributes=True).model_copy(update=more)
    publish(session, state, sequence=asset.version, actor=actor)
