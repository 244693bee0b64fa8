"""What keeps the tables of webhooks short, and what is erased with a user."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from blog_service.webhooks.models import Delivery, Webhook
from blog_service.webhooks.services.webhooks import webhook_disable

KEPT = timedelta(days=14)
AT_ONCE = 1000
MOST_WAITING = 10_000
"""Messages that may wait for one webhook."""


def deliveries_forget(*, now: datetime) -> int:
    """Forget some of the deliveries of two weeks ago, whatever became of them."""
    old = Delivery.objects.filter(created_at__lt=now - KEPT).order_by("created_at").values_list("id", flat=True)
    return Delivery.objects.filter(id__in=list(old[:AT_ONCE])).delete()[0]


def backlogs_end() -> None:
    """Disable webhooks for which so much waits that they will not catch up."""
    waiting = Count("deliveries", filter=Q(deliveries__state=Delivery.State.PENDING))
    behind = Webhook.objects.filter(active=True).annotate(waiting=waiting).filter(waiting__gt=MOST_WAITING)
    for webhook_id in list(behind.values_list("id", flat=True)):
        with transaction.atomic():
            webhook = Webhook.objects.select_for_update(no_key=True).filter(id=webhook_id, active=True).first()
            if webhook:
                webhook_disable(webhook, Webhook.Disabled.BACKLOG)


def webhooks_erase(user_id: UUID) -> int:
    """Forget the webhooks of a user, and give how many."""
    return Webhook.objects.filter(owner_id=user_id).delete()[1].get("webhooks.Webhook", 0)


def deliveries_erase(user_id: UUID) -> int:
    """Forget some of what others were told of a user, and give how much; 0 when nothing is left."""
    told = Delivery.objects.filter(body__contains=str(user_id)).order_by("id").values_list("id", flat=True)
    return Delivery.objects.filter(id__in=list(told[:AT_ONCE])).delete()[0]
