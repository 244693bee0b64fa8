"""Removing uploads whose time is over, and pieces of those that are gone: of processes that died beside them."""

from datetime import datetime

from media_service.database import Database
from media_service.storage.store import UPLOADS, Store, blob_id_of, upload_folder
from media_service.sweeping.services import UNCLAIMED_AFTER
from media_service.tus.selectors import uploads_known
from media_service.tus.services import uploads_remove_expired


def uploads_sweep(database: Database, store: Store, *, now: datetime) -> int:
    """Remove some of both; gives how many uploads had not come to their end."""
    with database.writing() as session:
        expired = uploads_remove_expired(session, now=now)
    for upload in expired:
        store.remove(upload_folder(upload.id))
    for batch in store.list(UPLOADS):
        old = [found.key for found in batch if found.modified < now - UNCLAIMED_AFTER]
        ids = {upload_id for key in old if (upload_id := blob_id_of(key))}
        with database.reading() as session:
            gone = ids - uploads_known(session, ids)
        for upload_id in gone:
            store.remove(upload_folder(upload_id))
    return sum(not upload.is_finished for upload in expired)
