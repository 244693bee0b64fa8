"""Jobs of registration."""

from celery import shared_task
from django.utils import timezone

from auth_service.registration import services


@shared_task(name="accounts_purge")
def accounts_purge() -> None:
    """Delete accounts that were never activated; what does not fit into one job goes on in another."""
    if services.accounts_purge(now=timezone.now()) == services.AT_ONCE:
        accounts_purge.delay()
