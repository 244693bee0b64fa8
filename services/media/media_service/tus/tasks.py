"""The job by which uploads go that have not come to their end in time."""

from datetime import UTC, datetime

from chassis.logging import get_logger
from chassis.metrics import counter

from media_service import resources
from media_service.celery import app
from media_service.tus import sweeping

log = get_logger()


@app.task(name="uploads_sweep")
def uploads_sweep() -> None:
    """Remove uploads that have expired, and pieces that belong to none."""
    expired = sweeping.uploads_sweep(resources.database(), resources.store(), now=datetime.now(UTC))
    counter("media_uploads_total").labels("expired").inc(expired)
    if expired:
        log.info("uploads expired", uploads=expired)
