"""Accounts that are to be deleted, and the receipts of those that were."""

import secrets

from django.db import models
from uuid_utils.compat import uuid7


def random_link() -> str:
    return secrets.token_urlsafe(32)


class Deletion(models.Model):
    """That an account was asked to be deleted, and how far that is. Once all is done, it names nobody.

    It begins when its account's ``deletes_at`` is over, and is done when all services have counted what they erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # no foreign key: it is asked of other services when the account is gone here
    user_id = models.UUIDField(null=True, unique=True, help_text="Whose; forgotten when nothing of it is left.")
    receipt = models.CharField(max_length=43, unique=True, default=random_link, editable=False)
    requested_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, help_text="When the account was closed for good.")
    asked_at = models.DateTimeField(null=True, help_text="When the other services were asked last.")
    events = models.PositiveIntegerField(default=0, help_text="How many were sent about it.")
    counts = models.JSONField(default=dict, help_text="What each service has erased or made nobody's.")
    completed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(begun_at__isnull=False, user_id__isnull=False),
                name="deletions_under_way",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
