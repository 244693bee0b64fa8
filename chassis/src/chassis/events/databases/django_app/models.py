"""What keeps a read copy true beside its events."""

from uuid import UUID

from django.db import models


class Walk(models.Model):
    """How far a job has come on its way round a table: rows with a greater key are next."""

    name: "models.CharField[str, str]" = models.CharField(max_length=50, primary_key=True)
    after: "models.UUIDField[UUID, UUID]" = models.UUIDField(default=UUID(int=0))

    def __str__(self) -> str:
        return f"{self.name} after {self.after}"


class NoRows(models.Manager["DeadEvent"]):
    """A manager for what has no table: whoever goes through all models, as `dumpdata` does, finds nothing in it."""

    def get_queryset(self) -> "models.QuerySet[DeadEvent]":
        return super().get_queryset().none()


class DeadEvent(models.Model):
    """What could not be handled, as the admin shows it: no table, for the permissions alone."""

    objects = NoRows()

    class Meta:
        managed = False
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"dead event {self.pk}"
