"""Archives of all that is held about an account, as its owner asked for them; media makes them and has them."""

from datetime import datetime, timedelta
from typing import Literal

from django.db import models
from uuid_utils.compat import uuid7

from auth_service.users.models import User

PATIENCE = timedelta(hours=24)
"""How long it is waited for one; media tries as long."""

State = Literal["pending", "ready", "failed", "expired"]


class Export(models.Model):
    """That somebody asked for an archive, and until when it can be fetched."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(null=True, help_text="Known once it is made.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.id)

    def state_at(self, now: datetime) -> State:
        if self.expires_at:
            return "ready" if now < self.expires_at else "expired"
        return "pending" if now < self.requested_at + PATIENCE else "failed"
