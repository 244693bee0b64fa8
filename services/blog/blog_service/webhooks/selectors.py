"""Which webhooks and deliveries somebody may see: their own, and an admin all."""

from uuid import UUID

from chassis.problems import Problem
from chassis.tokens import Claims
from django.db.models import Prefetch, QuerySet

from blog_service.webhooks.models import Delivery, Subscription, Webhook

NEWEST_FIRST = {"-id": UUID}


class WebhookNotFound(Problem):
    """404: there is no such webhook, or the caller may not know of it."""

    def __init__(self) -> None:
        super().__init__(404, "webhook_not_found", "There is no such webhook.")


class DeliveryNotFound(Problem):
    """404: this webhook has no such delivery, or has it no more."""

    def __init__(self) -> None:
        super().__init__(404, "delivery_not_found", "There is no such delivery.")


def is_admin(viewer: Claims) -> bool:
    """Whether they hear of the posts of everybody, and manage the webhooks of all."""
    return "admin" in viewer.roles


def webhooks_of(viewer: Claims, *, everybodys: bool = False) -> "QuerySet[Webhook]":
    """The caller's own webhooks, or those of all; raises Problem (403) for one who is no admin."""
    if everybodys and not is_admin(viewer):
        raise Problem(403, "role_missing", "Needed is one of: admin.")
    webhooks = Webhook.objects.all() if everybodys else Webhook.objects.filter(owner_id=viewer.sub)
    return webhooks.prefetch_related(Prefetch("subscriptions", Subscription.objects.order_by("type")))


def webhook_get(webhook_id: UUID, viewer: Claims) -> Webhook:
    """Raises Problem (404)."""
    webhook = webhooks_of(viewer, everybodys=is_admin(viewer)).filter(id=webhook_id).first()
    if webhook is None:
        raise WebhookNotFound
    return webhook


def deliveries_of(webhook: Webhook) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(webhook=webhook)
