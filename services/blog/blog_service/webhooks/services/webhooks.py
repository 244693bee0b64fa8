"""Writes to webhooks: by their owners, and by what happens to these."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from chassis.events.databases.django import publish
from chassis.logging import get_logger
from chassis.metrics import counter
from chassis.problems import FieldError, Problem, invalid_fields
from chassis.tokens import Claims
from django.db import transaction

from blog_service.authors.services import author_ensure, author_hold
from blog_service.outbound.targets import TargetRefused, target_of
from blog_service.webhooks.events import WebhookDisabled
from blog_service.webhooks.models import Delivery, Subscription, Webhook
from blog_service.webhooks.secrets import secret_make, secret_seal, secrets_reseal
from blog_service.webhooks.selectors import WebhookNotFound, is_admin

MOST = 10
"""Webhooks of one user."""
MOST_HEARING_ALL = 50
"""Webhooks of all admins together: each of them hears each event."""
OVERLAP = timedelta(hours=24)
"""How long messages are signed with a former secret too."""
log = get_logger()


class WebhookFields(TypedDict, total=False):
    url: str
    events: list[str]
    active: bool


class NewWebhook(NamedTuple):
    """A webhook and its secret, which nobody can be told again."""

    webhook: Webhook
    secret: str


def url_require(url: str) -> None:
    """Raises Problem (422) for an address that nothing is sent to; asks what its name means, in no transaction."""
    try:
        target_of(url)
    except TargetRefused as error:
        raise invalid_fields([FieldError("/url", "target_not_allowed", str(error))]) from error


@transaction.atomic
def webhook_add(claims: Claims, fields: WebhookFields) -> NewWebhook:
    """A new webhook of the caller, whose ``url`` was looked at; raises Problem (409) for one too many."""
    owner = author_ensure(claims)
    roles = author_hold(owner.id)
    is_admin_yet = roles is None or "admin" in roles  # while the address was looked up they may have lost the role
    hears_all = is_admin(claims) and is_admin_yet
    _require_room(owner.id, hears_all=hears_all)
    webhook = Webhook(owner=owner, url=fields["url"], active=fields.get("active", True), hears_all=hears_all)
    secret = secret_make()
    webhook.secret = secret_seal(webhook, secret)
    webhook.save(force_insert=True)
    _subscribe(webhook, fields["events"])
    return NewWebhook(webhook, secret)


@transaction.atomic
def webhook_change(webhook_id: UUID, fields: WebhookFields, *, now: datetime) -> None:
    """Change a webhook; what is absent stays. One that is made active again begins anew, whatever it failed before."""
    webhook = _held(webhook_id)
    webhook.url = fields.get("url", webhook.url)
    if fields.get("active", webhook.active) and not webhook.active:
        webhook.failures, webhook.failing_since, webhook.disabled_because = 0, None, ""
        webhook.not_before = now
    webhook.active = fields.get("active", webhook.active)
    webhook.save()
    if not webhook.active:
        _give_up(webhook)
    if "events" in fields:
        webhook.subscriptions.exclude(type__in=fields["events"]).delete()
        _subscribe(webhook, fields["events"])


@transaction.atomic
def secret_rotate(webhook_id: UUID, *, now: datetime) -> NewWebhook:
    """Give a webhook another secret; with the present one messages are signed too, for OVERLAP."""
    webhook = _held(webhook_id)
    secret = secret_make()
    webhook.former_secret, webhook.former_secret_until = webhook.secret, now + OVERLAP
    webhook.secret = secret_seal(webhook, secret)
    webhook.save(update_fields=["secret", "former_secret", "former_secret_until"])
    return NewWebhook(webhook, secret)


def webhooks_reseal() -> int:
    """Encrypt the secrets of webhooks anew, under the present key, each in a transaction of its own; gives how many.

    Raises SealBroken; who calls again goes on.
    """
    count = 0
    for webhook_id in Webhook.objects.values_list("id", flat=True).iterator():
        with transaction.atomic(), suppress(WebhookNotFound):
            webhook = _held(webhook_id)
            secrets_reseal(webhook)
            webhook.save(update_fields=["secret", "former_secret"])
            count += 1
    return count


def webhook_remove(webhook_id: UUID) -> None:
    """Remove a webhook and what is known of its deliveries."""
    Webhook.objects.filter(id=webhook_id).delete()


def webhook_disable(webhook: Webhook, because: str) -> None:
    """Send nothing more to a webhook that the transaction holds, and have its owner told."""
    webhook.active, webhook.disabled_because = False, because
    webhook.disablings += 1
    webhook.save(update_fields=["active", "disabled_because", "disablings"])
    _give_up(webhook)
    host = urlsplit(webhook.url).hostname or ""
    told = WebhookDisabled(webhook_id=webhook.id, owner_id=webhook.owner_id, host=host, reason=because)
    publish(told, sequence=webhook.disablings)
    counter("webhooks_disabled_total").labels(because).inc()
    log.warning("webhook disabled", webhook=str(webhook.id), reason=because)


def webhooks_follow_roles(owner_id: UUID, *, roles: Collection[str]) -> None:
    """Let the webhooks of an admin hear of all posts, and those of anybody else of their own."""
    Webhook.objects.filter(owner_id=owner_id).update(hears_all="admin" in roles)


def _require_room(owner_id: UUID, *, hears_all: bool) -> None:
    if Webhook.objects.filter(owner_id=owner_id).count() >= MOST:
        raise Problem(409, "webhooks_too_many", f"Nobody has more than {MOST} webhooks.")
    if hears_all and Webhook.objects.filter(hears_all=True).count() >= MOST_HEARING_ALL:
        raise Problem(409, "webhooks_too_many", f"Admins have at most {MOST_HEARING_ALL} webhooks together.")


def _subscribe(webhook: Webhook, types: Collection[str]) -> None:
    wanted = [Subscription(webhook=webhook, type=name) for name in types]
    Subscription.objects.bulk_create(wanted, ignore_conflicts=True)


def _give_up(webhook: Webhook) -> None:
    waiting = Delivery.objects.filter(webhook=webhook, state=Delivery.State.PENDING)
    waiting.update(state=Delivery.State.FAILED, next_attempt_at=None)


def _held(webhook_id: UUID) -> Webhook:
    webhook = Webhook.objects.select_for_update(no_key=True).filter(id=webhook_id).first()
    if webhook is None:
        raise WebhookNotFound
    return webhook
