"""The job by which unused pictures go."""

from datetime import UTC, datetime

from chassis.logging import get_logger
from chassis.metrics import counter

from media_service import resources
from media_service.celery import app
from media_service.keeping import services
from media_service.settings import settings

log = get_logger()


@app.task(name="assets_sweep")
def assets_sweep() -> None:
    """Put into the trash what was unused for long enough, and remove for good what lay there for long enough."""
    database, terms, now = resources.database(), settings().terms, datetime.now(UTC)
    with database.writing() as session:
        trashed = services.assets_trash_unused(session, terms=terms, now=now)
    with database.reading() as session:
        over = services.assets_purgeable(session, terms=terms, now=now)
    for asset_id in over:  # each in a transaction of its own: uploads lock pictures and owners in another order
        with database.writing() as session:
            unshown = services.asset_purge_if_over(session, asset_id, terms=terms, now=now)
        resources.store().remove(*unshown)
    counter("media_assets_swept_total").labels("trashed").inc(trashed)
    counter("media_assets_swept_total").labels("purged").inc(len(over))
    if trashed or over:
        log.info("unused pictures swept", trashed=trashed, purged=len(over))
