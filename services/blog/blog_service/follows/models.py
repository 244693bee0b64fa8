"""Who follows whom."""

from django.db import models
from django.utils import timezone

from blog_service.authors.models import Author


class Follow(models.Model):
    """A user wants to see what an author publishes."""

    author = models.ForeignKey(Author, models.CASCADE, related_name="+", db_index=False)
    follower_id = models.UUIDField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "follower_id"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.author_id}"
