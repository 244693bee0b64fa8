"""The job that adds up what is stored."""

from chassis.metrics import gauge

from media_service import resources
from media_service.celery import app
from media_service.measuring.selectors import owners_count, stored_bytes
from media_service.settings import settings


@app.task(name="storage_measure")
def storage_measure() -> None:
    """Tell what the store holds, and how many users are near their quota."""
    with resources.database().reading() as session:
        kinds, owners = stored_bytes(session), owners_count(session, quota_bytes=settings().quota_bytes)
    for kind, size in kinds.items():
        gauge("media_stored_bytes").labels(kind).set(size)
    for quota, count in owners.items():
        gauge("media_owners").labels(quota).set(count)
    gauge("media_measured_timestamp_seconds").labels("storage").set_to_current_time()  # the next turn is another's
