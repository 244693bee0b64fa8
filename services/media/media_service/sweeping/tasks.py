"""The job that keeps the store tidy."""

from datetime import UTC, datetime

from chassis.logging import get_logger
from chassis.metrics import gauge

from media_service import resources
from media_service.celery import app
from media_service.storage.store import FOLDERS
from media_service.sweeping import reconciling, services

log = get_logger()


@app.task(name="storage_sweep")
def storage_sweep(first: int = 0) -> None:
    """Remove files that belong to nobody; what takes long goes on in another job."""
    swept = services.storage_sweep(resources.database(), resources.store(), now=datetime.now(UTC), first=first)
    if swept.removed:
        log.info("unclaimed files removed", folders=swept.removed)
    if swept.rest:
        storage_sweep.delay(swept.rest)


@app.task(name="storage_reconcile")
def storage_reconcile(first: int = 0, found: dict[str, int] | None = None) -> None:
    """Compare the database with the store, some folders a job, and say in the end how much does not agree."""
    database = resources.database()
    drift = reconciling.folders_compare(database, resources.store(), first, now=datetime.now(UTC))
    rest = first + reconciling.FOLDERS_AT_ONCE
    if rest >= len(FOLDERS):
        with database.reading() as session:
            drift.add(reconciling.owners_compare(session))
    for key in (*drift.missing_pictures, *drift.missing_renditions, *drift.missing_derivatives, *drift.unrecorded):
        log.warning("database and store do not agree", key=key)
    counts = {kind: count + (found or {}).get(kind, 0) for kind, count in drift.counts().items()}
    if rest < len(FOLDERS):
        storage_reconcile.delay(rest, counts)
        return
    for kind, count in counts.items():
        gauge("media_storage_drift").labels(kind).set(count)
    log.info("database and store compared", **counts)
