"""Jobs of erasure."""

from datetime import UTC, datetime

from media_service import resources
from media_service.celery import app
from media_service.erasure import services


@app.task(name="erasures_run")
def erasures_run() -> None:
    """Erase whom auth has asked to have erased."""
    services.erasures_run(resources.database(), resources.store(), now=datetime.now(UTC))
