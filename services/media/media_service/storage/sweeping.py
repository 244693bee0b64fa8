"""Removing files that belong to nobody: of uploads whose process died, of removals that did not get to the end."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.database import Database
from media_service.storage.models import Blob
from media_service.storage.store import Store, blob_id_of, folder_of

UNCLAIMED_AFTER = timedelta(hours=1)  # a file is stored before its row is written, and no request takes so long


def storage_sweep(database: Database, store: Store, *, now: datetime) -> int:
    """Remove what has lain unclaimed for an hour; gives the number of folders that were removed."""
    before, removed = now - UNCLAIMED_AFTER, 0
    store.remove_partial(before)
    for batch in store.list():
        keys = [found.key for found in batch if found.modified < before]
        ids = {blob_id for key in keys if (blob_id := blob_id_of(key))}
        with database.reading() as session:
            unclaimed = ids - _claimed(session, ids)
        for blob_id in unclaimed:
            store.remove(folder_of(blob_id))
        removed += len(unclaimed)
    return removed


def _claimed(session: Session, ids: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(select(Blob.id).where(Blob.id.in_(ids))))
