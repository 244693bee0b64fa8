"""Jobs that send to webhooks, and forget what was sent."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from blog_service.webhooks.services.sending import deliveries_send, overdue_measure
from blog_service.webhooks.services.tidying import backlogs_end, deliveries_forget


@shared_task(name="webhooks_deliver")
def webhooks_deliver(now: datetime | None = None) -> None:
    """Send what is due, and measure what is left over."""
    now = now or timezone.now()
    deliveries_send(now=now)
    overdue_measure(now)


@shared_task(name="webhooks_tidy")
def webhooks_tidy(now: datetime | None = None) -> None:
    """Disable webhooks that are hopelessly behind, and forget old deliveries."""
    backlogs_end()
    deliveries_forget(now=now or timezone.now())
