"""Jobs of deletions."""

from celery import shared_task
from django.utils import timezone

from auth_service.erasure import saga


@shared_task(name="deletions_advance")
def deletions_advance() -> None:
    """Close accounts whose grace is over, and go on with what is under way."""
    now = timezone.now()
    if saga.deletions_begin(now=now) == saga.AT_ONCE:
        deletions_advance.delay()
    saga.deletions_continue(now=now)
