"""Words that posts are found by."""

from django.db import models


class Tag(models.Model):
    """A tag as it was first spelt; ``key`` is the same word without regard to case, and what makes it one tag.

    One that staff renamed or merged stays as a name of another, ``merged_into``: whoever writes or asks for it means
    that. ``changed_by`` is whose change its posts still have to follow; None where they have.
    """

    name = models.CharField(max_length=50)
    key = models.CharField(max_length=150, unique=True)  # casefolding makes up to three letters of one
    posts_count = models.IntegerField(default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="aliases", db_constraint=False, db_index=False
    )
    changed_by = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-posts_count", "name"], name="tag_most_used", condition=models.Q(posts_count__gt=0)),
            models.Index(fields=["id"], name="tag_changed", condition=models.Q(changed_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def present(self) -> "Tag":
        """The tag that is meant by this one."""
        return self.merged_into or self


def tag_key(name: str) -> str:
    """What two spellings of one tag have in common."""
    return " ".join(name.split()).casefold()
