"""The read copy of the people who write: auth owns them, blog keeps what a byline shows."""

from django.db import models
from django.db.models.functions import Lower


class Author(models.Model):
    """A user of auth as blog last heard of them; ``sequence`` is that of the last event applied, 0 before the first."""

    id = models.UUIDField(primary_key=True, editable=False)
    username = models.CharField(max_length=150)
    bio = models.TextField(blank=True)
    avatar = models.UUIDField(null=True, blank=True)
    picture_url = models.CharField(max_length=2000, blank=True, default="", db_default="")  # RealWorld's alone
    sequence = models.PositiveBigIntegerField(default=0)
    posts_count = models.IntegerField(default=0)
    followers_count = models.IntegerField(default=0, db_default=0)
    followers_sequence = models.BigIntegerField(default=0, db_default=0)  # of the last event about followers
    suspended = models.BooleanField(default=False, db_default=False)
    # of the last event about suspension: a late profile must still count, so the two do not share one
    suspended_sequence = models.BigIntegerField(default=0, db_default=0)
    # by the last event about roles; until there is one the token that they wrote with has said so
    may_write = models.BooleanField(default=True, db_default=True)
    # likewise whether they may change the posts of others
    may_edit = models.BooleanField(default=False, db_default=False)
    roles = models.JSONField(null=True)  # of which both follow; null if none were taken over since they are kept
    roles_sequence = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        # Not unique: after two users swap names the copy may show both under one until the second event arrives.
        indexes = [models.Index(Lower("username"), name="author_by_username")]

    def __str__(self) -> str:
        return self.username

    @property
    def may_publish(self) -> bool:
        """Whether what they wished for earlier may still be carried out."""
        return self.may_write and not self.suspended

    def is_called(self, username: str) -> bool:
        """Whether this is their name now, without regard to case."""
        return self.username.lower() == username.lower()
