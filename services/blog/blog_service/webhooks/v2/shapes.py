"""How v2 shows webhooks and deliveries. A secret is told when it is made, and an answer is a status alone."""

from typing import Any
from uuid import UUID

from chassis.django.shapes import Moment, Shape, source

from blog_service.webhooks.models import Delivery, Webhook


def _types(subscriptions: Any) -> list[str]:
    return [subscription.type for subscription in subscriptions.all()]


def _or_nothing(text: str) -> str | None:
    return text or None


class WebhookV2Shape(Shape):
    """``hears_all`` is of the posts of everybody; what is ``disabled_because`` nobody asked for."""

    id: UUID
    owner_id: UUID
    url: str
    events: list[str] = source("subscriptions", through=_types)
    active: bool
    hears_all: bool
    failing_since: Moment | None
    disabled_because: str | None = source("disabled_because", through=_or_nothing)
    former_secret_until: Moment | None = source("former_secret_until", description="messages are signed with it too")
    created_at: Moment


class NewWebhookV2Shape(WebhookV2Shape):
    secret: str | None = source("secret", description="null where an answer is repeated for its Idempotency-Key")


class WebhooksV2Shape(Shape):
    items: list[WebhookV2Shape]
    next_cursor: str | None


class DeliveryV2Shape(Shape):
    """``reason`` is why the last attempt had no answer."""

    id: UUID
    event_id: UUID
    type: str
    state: Delivery.State
    attempts: int
    status_code: int | None
    reason: str | None = source("reason", through=_or_nothing)
    next_attempt_at: Moment | None
    created_at: Moment


class DeliveriesV2Shape(Shape):
    items: list[DeliveryV2Shape]
    next_cursor: str | None


def with_secret(webhook: Webhook, secret: str | None) -> NewWebhookV2Shape:
    """The one answer in which a secret stands."""
    shown = WebhookV2Shape.from_instance(webhook)
    return NewWebhookV2Shape(**{name: getattr(shown, name) for name in WebhookV2Shape.__struct_fields__}, secret=secret)
