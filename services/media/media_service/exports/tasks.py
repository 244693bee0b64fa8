"""Jobs of exports."""

from datetime import UTC, datetime

from media_service import resources
from media_service.celery import app
from media_service.exports import services
from media_service.exports.neighbours import neighbours
from media_service.settings import settings


@app.task(name="exports_make")
def exports_make() -> None:
    """Make the archives that were asked for."""
    with resources.scratch() as scratch:
        work = (resources.database(), resources.store(), neighbours(settings()), scratch)
        services.exports_make(*work, now=datetime.now(UTC))


@app.task(name="exports_purge")
def exports_purge() -> None:
    """Remove archives that have expired."""
    services.exports_purge(resources.database(), resources.store(), now=datetime.now(UTC))
