"""What auth has asked to have erased, and how far that is."""

from django.db import models


class Erasure(models.Model):
    """One request of auth. Once it is done, and nothing more can come about the user, it names nobody."""

    id = models.UUIDField(primary_key=True, editable=False)
    user_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    answers = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, help_text="When all services had answered.")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(user_id__isnull=False), name="erasures_under_way")]

    def __str__(self) -> str:
        return str(self.id)
