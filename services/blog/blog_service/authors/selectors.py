"""Reads of authors."""

from blog_service.authors.models import Author


def author_get(username: str) -> Author | None:
    """The author of this name without regard to case; of two that swapped names, who was heard of last."""
    return Author.objects.filter(username__lower=username.lower()).order_by("-sequence", "-id").first()
