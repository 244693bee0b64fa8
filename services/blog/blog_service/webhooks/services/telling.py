"""Which webhooks are to be told of what, and telling one of them again."""

from datetime import datetime
from uuid import UUID

from chassis.events import envelope
from chassis.events.envelope import Event
from chassis.problems import Problem
from django.db import transaction
from django.db.models import Q
from uuid_utils.compat import uuid7

from blog_service.webhooks.hearing import PING
from blog_service.webhooks.models import Delivery, Webhook
from blog_service.webhooks.selectors import DeliveryNotFound

PENDING = Delivery.State.PENDING


def webhooks_tell(event: Event, *, author_id: UUID | None, now: datetime) -> int:
    """Note an event for all that are to hear of it: the webhooks of the post's author, and of admins.

    Gives how many those are. One that was replayed goes by the id of the original: who has it is not told again.
    """
    concerned = Q(hears_all=True) | Q(owner_id=author_id)
    hearing = Webhook.objects.filter(concerned, active=True, owner__suspended=False, subscriptions__type=event.type)
    webhook_ids = hearing.values_list("id", flat=True)
    body = envelope.encode(event).decode()
    event_id = UUID(event.causation_id) if event.replay and event.causation_id else event.id
    noted = [
        Delivery(webhook_id=each, event_id=event_id, type=event.type, body=body, next_attempt_at=now)
        for each in webhook_ids
    ]
    Delivery.objects.bulk_create(noted, ignore_conflicts=True)
    return len(noted)


def webhook_ping(webhook: Webhook, *, now: datetime) -> Delivery:
    """Send a webhook something that says nothing, to see whether it takes it; raises Problem (409)."""
    _require_active(webhook)
    event = Event(
        id=uuid7(),
        type=PING,
        source=envelope.source_of(PING),
        subject=f"webhook/{webhook.id}",
        time=now,
        sequence=0,
        partition_key=str(webhook.id),
        data={"webhook_id": str(webhook.id)},
    )
    body = envelope.encode(event).decode()
    return Delivery.objects.create(webhook=webhook, event_id=event.id, type=PING, body=body, next_attempt_at=now)


@transaction.atomic
def delivery_again(webhook: Webhook, delivery_id: UUID, *, now: datetime) -> Delivery:
    """Send what was sent before, or given up; raises Problem: 404, 409 for a webhook that is not active."""
    _require_active(webhook)
    deliveries = Delivery.objects.filter(webhook=webhook, id=delivery_id)
    deliveries.update(state=PENDING, attempts=0, next_attempt_at=now)
    delivery = deliveries.first()
    if delivery is None:
        raise DeliveryNotFound
    return delivery


def _require_active(webhook: Webhook) -> None:
    if not webhook.active:
        raise Problem(409, "webhook_inactive", "Nothing is sent to it; make it active first.")
