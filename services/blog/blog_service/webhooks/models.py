"""Addresses of users that are told of events, and what became of each telling."""

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from blog_service.authors.models import Author


class Webhook(models.Model):
    """Where somebody wants to hear of events. Its secrets are sealed, see ``secrets.py``."""

    class Disabled(models.TextChoices):
        """Why nothing is sent any more, unless its owner said so."""

        FAILING = "failing", "it has not taken anything for days"
        GONE = "gone", "it answered 410"
        BACKLOG = "backlog", "too much waits for it"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Author, models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=2000)
    active = models.BooleanField(default=True)
    hears_all = models.BooleanField(default=False, help_text="of the posts of everybody, while its owner is an admin")
    secret = models.BinaryField()
    former_secret = models.BinaryField(null=True)
    former_secret_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now, help_text="something is on its way, or it rests till then")
    failures = models.PositiveIntegerField(default=0, help_text="since something was taken")
    failing_since = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=10, choices=Disabled.choices, blank=True)
    disablings = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(active=True), name="webhooks_in_turn"),
            models.Index(fields=["id"], condition=models.Q(hears_all=True), name="webhooks_of_admins"),
        ]

    def __str__(self) -> str:
        return self.url


class Subscription(models.Model):
    """A type of event that a webhook is told of."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="subscriptions", db_index=False)
    type = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "type"], name="subscription_once")]

    def __str__(self) -> str:
        return self.type


class Delivery(models.Model):
    """One event for one webhook. ``body`` is the CloudEvent as it is sent each time."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    event_id = models.UUIDField()
    type = models.CharField(max_length=100)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    status_code = models.PositiveIntegerField(null=True, help_text="of the last answer")
    reason = models.CharField(max_length=20, blank=True, help_text="why there was none")
    next_attempt_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once")]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="deliveries_of_webhook"),
            models.Index(
                fields=["webhook", "next_attempt_at"], condition=models.Q(state="pending"), name="deliveries_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.webhook_id}"
