"""Reads of tags."""

from chassis.problems import Problem
from django.db.models import QuerySet

from blog_service.tags.models import Tag, tag_key


class TagNotFound(Problem):
    """404: there is no such tag."""

    def __init__(self) -> None:
        super().__init__(404, "tag_not_found", "There is no such tag.")


def tag_get(name: str) -> Tag | None:
    """The tag of this name without regard to case, also of a name that it had before."""
    found = Tag.objects.select_related("merged_into").filter(key=tag_key(name)).first()
    return found.present if found else None


def tag_get_by_id(tag_id: int) -> Tag:
    """The tag that is meant by the one with this id; raises Problem (404)."""
    for tag in Tag.objects.select_related("merged_into").filter(id=tag_id):
        return tag.present
    raise TagNotFound


def tags_used() -> QuerySet[Tag]:
    """Tags of published posts, the most used first."""
    return Tag.objects.filter(posts_count__gt=0).order_by("-posts_count", "name")
