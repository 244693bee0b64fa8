"""Counts that are kept, because counting a million rows takes too long."""

from django.db import models


class PublishedTally(models.Model):
    """Part of the number of published posts, spread over rows so that two authors who publish at once do not wait."""

    slot = models.PositiveSmallIntegerField(primary_key=True)
    posts = models.BigIntegerField()

    class Meta:
        db_table = "posts_publishedtally"  # of the room it stood in first

    def __str__(self) -> str:
        return f"{self.posts} in slot {self.slot}"
