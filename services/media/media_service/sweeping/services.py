"""Removing files that belong to nobody: of uploads whose process died, of removals that did not get to the end."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from media_service.assets.models import Asset
from media_service.database import Database
from media_service.storage.models import Blob
from media_service.storage.store import DERIVED, FOLDERS, Store, blob_id_of, derived_folder, derived_of, folder_of

UNCLAIMED_AFTER = timedelta(hours=1)  # a file is stored before its row is written, and no request takes so long


PIECE_SECONDS = 120
"""How long one job sweeps: a large bucket takes hours, and no job may."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many stored pictures were removed, and the folder to go on with where the time was over."""

    removed: int
    rest: int | None


def storage_sweep(
    database: Database, store: Store, *, now: datetime, first: int = 0, seconds: float = PIECE_SECONDS
) -> Swept:
    """Remove what has lain unclaimed for an hour in FOLDERS from the first on, beginning none after ``seconds``."""
    before, until, removed = now - UNCLAIMED_AFTER, time.monotonic() + seconds, 0
    if not first:
        store.remove_partial(before)
    for number in range(first, len(FOLDERS)):
        removed += _sweep(database, store, FOLDERS[number], before)
        _sweep_derived(database, store, f"{DERIVED}/{FOLDERS[number]}", before)
        if time.monotonic() > until and number + 1 < len(FOLDERS):
            return Swept(removed, number + 1)
    return Swept(removed, None)


def _sweep(database: Database, store: Store, folder: str, before: datetime) -> int:
    removed = 0
    for batch in store.list(folder):
        keys = [found.key for found in batch if found.modified < before]
        ids = {blob_id for key in keys if (blob_id := blob_id_of(key))}
        with database.reading() as session:
            unclaimed = ids - _claimed(session, ids)
        for blob_id in unclaimed:
            store.remove(folder_of(blob_id))
        removed += len(unclaimed)
    return removed


def _sweep_derived(database: Database, store: Store, folder: str, before: datetime) -> None:
    """Sweep files of assets that are gone; of others the comparison with the database finds what nobody recorded."""
    for batch in store.list(folder):
        ids = {asset_id for found in batch if found.modified < before and (asset_id := derived_of(found.key))}
        with database.reading() as session:
            there = set(session.scalars(select(Asset.id).where(Asset.id.in_(ids))))
        store.remove(*map(derived_folder, ids - there))


def _claimed(session: Session, ids: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(select(Blob.id).where(Blob.id.in_(ids))))
