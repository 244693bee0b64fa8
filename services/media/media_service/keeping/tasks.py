"""The jobs by which unused pictures go, and used ones are known."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.internal_client import InternalUnavailable
from chassis.logging import get_logger
from chassis.metrics import counter, gauge

from media_service import resources
from media_service.celery import app
from media_service.keeping import comparing, services
from media_service.settings import settings

FIRST = str(UUID(int=0))

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


@app.task(name="uses_reconcile")
def uses_reconcile(after: str = FIRST, missing: int = 0, ended: int = 0) -> None:
    """Compare the uses of pictures with blog, 200 posts a job, mend them, and say in the end how many were wrong."""
    try:
        drift = comparing.uses_mend(
            resources.database(), comparing.blog_tells(settings()), UUID(after), now=datetime.now(UTC)
        )
    except InternalUnavailable as error:
        log.warning("uses not compared, tomorrow they are", after=after, reason=str(error))
        return
    missing, ended = missing + drift.missing_uses, ended + drift.ended_uses
    if drift.rest:
        uses_reconcile.delay(str(drift.rest), missing, ended)
        return
    gauge("media_uses_drift").labels("missing_uses").set(missing)
    gauge("media_uses_drift").labels("ended_uses").set(ended)
    log.info("uses compared with blog", missing_uses=missing, ended_uses=ended)
