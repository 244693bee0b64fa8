"""Reads of tags."""

from django.db.models import QuerySet

from blog_service.tags.models import Tag, tag_key


def tag_get(name: str) -> Tag | None:
    """The tag of this name without regard to case."""
    return Tag.objects.filter(key=tag_key(name)).first()


def tags_used() -> QuerySet[Tag]:
    """Tags of published posts, the most used first."""
    return Tag.objects.filter(posts_count__gt=0).order_by("-posts_count", "name")
