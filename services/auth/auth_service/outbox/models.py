"""The outbox as staff see it; it is written and read by the chassis alone."""

from django.db import models


class OutboxEvent(models.Model):
    """A row of the chassis's table ``outbox_event``."""

    event_id = models.CharField(max_length=36)
    type = models.TextField()
    aggregate_type = models.TextField()
    aggregate_id = models.TextField()
    sequence = models.BigIntegerField()
    envelope = models.TextField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    attempts = models.IntegerField()
    last_error = models.TextField(null=True)  # noqa: DJ001  as the chassis made it

    class Meta:
        managed = False
        db_table = "outbox_event"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.type} of {self.aggregate_type} {self.aggregate_id}"
