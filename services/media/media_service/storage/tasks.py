"""The jobs that keep the store tidy."""

from datetime import UTC, datetime

from chassis.logging import get_logger

from media_service import resources
from media_service.celery import app
from media_service.storage import sweeping

log = get_logger()


@app.task(name="storage_sweep")
def storage_sweep() -> None:
    """Remove files that belong to nobody."""
    removed = sweeping.storage_sweep(resources.database(), resources.store(), now=datetime.now(UTC))
    if removed:
        log.info("unclaimed files removed", folders=removed)
