"""Queueing a job at once where it can be: a hint, for the schedule finds what there is to do anyway."""

from typing import TYPE_CHECKING, Any

from kombu.exceptions import OperationalError

from chassis.logging import get_logger

if TYPE_CHECKING:
    from celery import Celery

log = get_logger()


def hint(app: "Celery[Any]", job: str, *arguments: object) -> None:
    """Queue a job by its name; call after the commit. Without a broker it is left to the schedule, and logged."""
    try:
        app.send_task(job, arguments, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("job not queued", job=job, error=type(error).__name__)
