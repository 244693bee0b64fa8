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


class PostCounts(models.Model):
    """What hangs on a post, by number; no row as long as nothing did.

    Apart from the post, whose row is wide and is its author's to change. ``favourites_sequence`` is that of the last
    event about its favourites.
    """

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="counts")
    favourites = models.BigIntegerField(default=0, db_default=0)
    comments = models.BigIntegerField(default=0, db_default=0)
    favourites_sequence = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"of {self.post_id}"
