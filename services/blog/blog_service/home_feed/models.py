"""What those one follows have published, kept ready for each reader."""

from django.db import models


class HomeFeed(models.Model):
    """Somebody who follows, or did."""

    reader_id = models.UUIDField(primary_key=True, editable=False)

    def __str__(self) -> str:
        return str(self.reader_id)


class Entry(models.Model):
    """A published post in the home feed of a reader."""

    reader_id = models.UUIDField()
    author_id = models.UUIDField()
    published_at = models.DateTimeField()
    post = models.ForeignKey("posts.Post", models.CASCADE, related_name="+")

    class Meta:
        # Read from its end it is the feed, newest first.
        constraints = [models.UniqueConstraint(fields=["reader_id", "published_at", "post"], name="home_feed_once")]

    def __str__(self) -> str:
        return f"{self.post_id} for {self.reader_id}"


class Spreading(models.Model):
    """A post that followers of its author up to ``after`` have, in the order of their ids, and the others will get."""

    post = models.OneToOneField("posts.Post", models.CASCADE, primary_key=True, related_name="+")
    author_id = models.UUIDField()
    published_at = models.DateTimeField()
    after = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.post_id} up to {self.after}"
