"""The read copy of pictures: media owns them, blog keeps what decides whether a post may show one."""

from django.db import models
from django.utils import timezone


class Asset(models.Model):
    """A picture in media as blog last heard of it; without an owner, blog has only been told its id.
    Without width and height, in pixels, it was last heard of before blog kept them.

    Rows stay when pictures go: they keep late news from bringing one back.
    """

    class Status(models.TextChoices):
        PROCESSING = "processing"
        READY = "ready"
        FAILED = "failed"
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True, editable=False)
    owner_id = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROCESSING)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sequence = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["checked_at"], name="asset_unsettled", condition=models.Q(status="processing")),
        ]

    def __str__(self) -> str:
        return str(self.id)
