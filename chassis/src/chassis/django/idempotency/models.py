"""The table that ``chassis.idempotency`` uses through SQL."""

from datetime import datetime

from django.db import models


class IdempotencyKey(models.Model):
    """A key that was used, by whom, for what, and the answer once there is one."""

    id: "models.CharField[str, str]" = models.CharField(max_length=64, primary_key=True)
    caller: "models.CharField[str, str]" = models.CharField(max_length=36)
    fingerprint: "models.CharField[str, str]" = models.CharField(max_length=64)
    owner: "models.CharField[str, str]" = models.CharField(max_length=16)
    running_until: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    expires_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(db_index=True)
    answer: "models.TextField[str | None, str | None]" = models.TextField(null=True)  # noqa: DJ001  none is not an empty one

    class Meta:
        db_table = "idempotency_key"

    def __str__(self) -> str:
        return self.id
