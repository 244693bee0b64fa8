"""The job that keeps the store tidy."""

from datetime import UTC, datetime

from chassis.logging import get_logger

from media_service import resources
from media_service.celery import app
from media_service.sweeping import services

log = get_logger()


@app.task(name="storage_sweep")
def storage_sweep(first: int = 0) -> None:
    """Remove files that belong to nobody; what takes long goes on in another job."""
    swept = services.storage_sweep(resources.database(), resources.store(), now=datetime.now(UTC), first=first)
    if swept.removed:
        log.info("unclaimed files removed", folders=swept.removed)
    if swept.rest:
        storage_sweep.delay(swept.rest)
