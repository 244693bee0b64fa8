"""Reads of tags."""

from django.db.models import QuerySet

from blog_service.tags.models import Tag, tag_key


def tag_get(name: str) -> Tag | None:
    """The tag of this name without regard to case, also of a name that it had before."""
    found = Tag.objects.select_related("merged_into").filter(key=tag_key(name)).first()
    return found.present if found else None


def tags_used() -> QuerySet[Tag]:
    """Tags of published posts, the most used first."""
    return Tag.objects.filter(posts_count__gt=0).order_by("-posts_count", "name")
