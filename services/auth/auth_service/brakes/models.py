"""Where attempts are counted when there is no Redis: in the one place that all processes share."""

from django.db import models


class AttemptCount(models.Model):
    """How many attempts there were under one key since it was empty. The key is a keyed hash and names nobody."""

    key = models.CharField(max_length=32, primary_key=True)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.number} until {self.ends_at:%F %T}"
