"""Which posts somebody likes best."""

from django.db import models
from django.utils import timezone


class Favourite(models.Model):
    """A post that a user has among their favourites."""

    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="+", db_index=False)
    user_id = models.UUIDField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user_id"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.post_id} of {self.user_id}"
