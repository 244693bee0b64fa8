"""What became of public posts, in an order that readers can follow."""

from django.db import models
from django.db.models import Q


class PostChange(models.Model):
    """The last change of a post that is public, or was; those that never were have none.

    ``number`` is its place in the order of changes. The transaction that writes the post leaves it null, and it is
    given once that has committed: else one with a smaller number could appear when readers have passed it.
    """

    post_id = models.UUIDField(primary_key=True, editable=False)
    is_public = models.BooleanField()
    version = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    number = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["post_id"], name="post_change_new", condition=Q(number__isnull=True)),
            models.Index(fields=["changed_at"], name="post_change_gone", condition=Q(is_public=False)),
        ]

    def __str__(self) -> str:
        return str(self.post_id)


class Numbering(models.Model):
    """One row: the last number that was given, and the last of a change that was forgotten."""

    last = models.PositiveBigIntegerField(default=0)
    forgotten = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
