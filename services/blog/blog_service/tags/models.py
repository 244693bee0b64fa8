"""Words that posts are found by."""

from django.db import models


class Tag(models.Model):
    """A tag as it was first spelt; ``key`` is the same word without regard to case, and what makes it one tag."""

    name = models.CharField(max_length=50)
    key = models.CharField(max_length=150, unique=True)  # casefolding makes up to three letters of one
    posts_count = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["-posts_count", "name"], name="tag_most_used", condition=models.Q(posts_count__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


def tag_key(name: str) -> str:
    """What two spellings of one tag have in common."""
    return " ".join(name.split()).casefold()
