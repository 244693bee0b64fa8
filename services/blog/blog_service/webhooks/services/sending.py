"""Sending what is due: one message at a time to each webhook, several webhooks at once.

Who claims a webhook keeps the others from it until an answer is noted, or, should the worker die, until the lease ends:
a message may come twice, under one id, and none is lost.
"""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import NamedTuple

from chassis.logging import get_logger
from chassis.metrics import counter, gauge
from chassis.sealing import SealBroken
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from blog_service.outbound.requests import SECONDS, NoAnswer, ask
from blog_service.outbound.targets import TargetRefused, target_of
from blog_service.webhooks.models import Delivery, Webhook
from blog_service.webhooks.schedule import DISABLED_AFTER, next_attempt, rest
from blog_service.webhooks.secrets import secrets_of, signed_headers
from blog_service.webhooks.services.webhooks import webhook_disable

AT_ONCE = 16
RUN_SECONDS = 4.0
"""For which one job takes on more; the jobs after it have their turn in any case."""
LEASE = timedelta(seconds=6 * SECONDS)
CONTENT_TYPE = "application/cloudevents+json"
GONE = 410
PENDING, DELIVERED, FAILED = Delivery.State.PENDING, Delivery.State.DELIVERED, Delivery.State.FAILED
log = get_logger()


class Message(NamedTuple):
    """A delivery that was claimed, with its webhook."""

    delivery: Delivery
    webhook: Webhook


class Outcome(NamedTuple):
    """The status that was answered, or why there was none: a word of ours."""

    status_code: int | None
    reason: str

    @property
    def is_taken(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def word(self) -> str:
        return "delivered" if self.is_taken else self.reason or "refused"


def deliveries_send(*, now: datetime, seconds: float = RUN_SECONDS) -> int:
    """Send what is due at ``now``, taking on more for so many seconds; gives how many messages were tried."""
    until, tried = time.monotonic() + seconds, 0
    under_way: dict[Future[Outcome], Message] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            while len(under_way) < AT_ONCE and time.monotonic() < until and (claimed := message_claim(now)):
                under_way[pool.submit(message_send, claimed)] = claimed
            if not under_way:
                return tried
            for ended in wait(under_way, return_when=FIRST_COMPLETED).done:
                outcome_note(under_way.pop(ended), ended.result(), now=now)
                tried += 1


@transaction.atomic
def message_claim(now: datetime) -> Message | None:
    """The next message of the webhook that has waited longest, claimed; None if nothing is due."""
    webhook = _due(now).order_by("not_before", "id").select_for_update(of=("self",), skip_locked=True).first()
    if webhook is None:
        return None
    delivery = webhook.deliveries.filter(state=PENDING, next_attempt_at__lte=now).order_by("next_attempt_at", "id")[0]
    webhook.not_before = now + LEASE
    webhook.save(update_fields=["not_before"])
    return Message(delivery, webhook)


def message_send(message: Message) -> Outcome:
    """Send a message now, in any thread: nothing is read from the database or written to it."""
    delivery, webhook = message
    body, now = delivery.body.encode(), timezone.now()
    try:
        headers = signed_headers(str(delivery.event_id), body, secrets=secrets_of(webhook, now=now), now=now)
        target = target_of(webhook.url)  # a name may lead elsewhere by now
        answer = ask(target, "POST", headers={"Content-Type": CONTENT_TYPE} | headers, body=body)
    except TargetRefused:
        return Outcome(None, "target_not_allowed")
    except NoAnswer as error:
        return Outcome(None, error.reason)
    except SealBroken:
        log.exception("secret of webhook cannot be read; check BLOG_WEBHOOK_KEY", webhook=str(webhook.id))
        return Outcome(None, "secret_unreadable")
    return Outcome(answer.status, "")


@transaction.atomic
def outcome_note(message: Message, outcome: Outcome, *, now: datetime) -> None:
    """Note what became of a message, and what follows for its webhook."""
    webhook = Webhook.objects.select_for_update(no_key=True).filter(id=message.webhook.id).first()
    if webhook is None:  # removed meanwhile
        return
    delivery = Delivery.objects.filter(id=message.delivery.id, state=PENDING)
    attempts = message.delivery.attempts + 1
    answered = {"attempts": attempts, "status_code": outcome.status_code, "reason": outcome.reason}
    counter("webhook_attempts_total").labels(outcome.word).inc()
    if outcome.is_taken:
        delivery.update(**answered, state=DELIVERED, next_attempt_at=None)
        webhook.failures, webhook.failing_since, webhook.not_before = 0, None, now
    else:
        again = next_attempt(attempts, now)
        delivery.update(**answered, state=PENDING if again else FAILED, next_attempt_at=again)
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or now
        webhook.not_before = now + rest(webhook.failures)
    webhook.save(update_fields=["failures", "failing_since", "not_before"])
    if webhook.active and (because := _disabled_because(webhook, outcome, now)):
        webhook_disable(webhook, because)


def overdue_measure(now: datetime) -> None:
    """Show for how long the oldest message is due whose webhook is neither at rest nor busy."""
    waiting = Delivery.objects.filter(webhook__in=_due(now), state=PENDING)
    since = waiting.aggregate(since=Min("next_attempt_at"))["since"]
    gauge("webhook_deliveries_overdue_seconds").set((now - since).total_seconds() if since and since < now else 0)


def _due(now: datetime) -> "QuerySet[Webhook]":
    waiting = Delivery.objects.filter(webhook=OuterRef("id"), state=PENDING, next_attempt_at__lte=now)
    active = Webhook.objects.filter(active=True, not_before__lte=now, owner__suspended=False)
    return active.filter(Exists(waiting))


def _disabled_because(webhook: Webhook, outcome: Outcome, now: datetime) -> str | None:
    if outcome.status_code == GONE:
        return Webhook.Disabled.GONE
    failing_for = now - webhook.failing_since if webhook.failing_since else timedelta()
    return Webhook.Disabled.FAILING if failing_for >= DISABLED_AFTER else None
