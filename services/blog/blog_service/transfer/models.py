"""What was taken in from elsewhere already: an import that is begun again goes on where it ended."""

from django.db import models

from blog_service.posts.models import Post


class ImportedPost(models.Model):
    """A post and what it was where it came from. It goes with the post, which may then be taken in again."""

    author_id = models.UUIDField()
    source = models.CharField(max_length=20)
    key = models.CharField(max_length=300)
    post = models.ForeignKey(Post, models.CASCADE, related_name="imported_from")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author_id", "source", "key"], name="imported_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
