"""The jobs that make renditions, and how one is queued."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.logging import get_logger
from chassis.metrics import gauge
from kombu.exceptions import OperationalError

from media_service import resources
from media_service.celery import app
from media_service.renditions import services
from media_service.renditions.selectors import renditions_waiting
from media_service.settings import settings

log = get_logger()


@app.task(name="renditions_make")
def renditions_make(asset_id: str) -> None:
    """Make the renditions of an asset."""
    with resources.scratch() as scratch:
        work = (resources.database(), resources.store(), resources.decoder(), scratch)
        services.renditions_make(*work, UUID(asset_id), settings().sides)


@app.task(name="renditions_requeue_stuck")
def renditions_requeue_stuck() -> None:
    """Queue again what has been processing for too long, and tell how long the oldest has waited."""
    now = datetime.now(UTC)
    with resources.database().writing() as session:
        stuck = services.renditions_requeue_stuck(session, now=now)
    with resources.database().reading() as session:
        gauge("media_renditions_waiting_seconds").set(renditions_waiting(session, now=now).total_seconds())
    gauge("media_measured_timestamp_seconds").labels("waiting").set(now.timestamp())  # the next turn is another's
    for asset_id in stuck:
        queue_renditions(asset_id)


def queue_renditions(asset_id: UUID) -> None:
    """Ask for an asset's renditions; call after the commit. Without a broker the sweeper asks later."""
    try:
        renditions_make.apply_async((str(asset_id),), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("renditions not queued", asset=str(asset_id), error=type(error).__name__)
