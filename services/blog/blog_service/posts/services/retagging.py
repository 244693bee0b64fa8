"""Letting posts follow when staff rename or merge tags: each post is one change, with its events, as if by the API."""

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.db.models import Q

from blog_service.posts.access import PostNotFound
from blog_service.posts.models import PostTag
from blog_service.posts.services.writing import post_retag
from blog_service.tags.models import Tag

AT_ONCE = 500
CHANGED = Q(changed_by__isnull=False) | Q(merged_into__isnull=False, posts_count__gt=0)
"""The second is for posts that were written in the same moment in which their tag was merged."""


def posts_follow_tags(at_once: int = AT_ONCE) -> int:
    """Let posts of changed tags follow, at most so many; gives how many did. What is left is for the next time."""
    followed = 0
    for tag in Tag.objects.filter(CHANGED).select_related("merged_into").order_by("id"):
        waiting = list(islice(_waiting(tag), at_once - followed + 1))
        for post_id in waiting[: at_once - followed]:
            _follow(post_id, tag)
        followed += len(waiting[: at_once - followed])
        if followed == at_once:
            break
        Tag.objects.filter(id=tag.id, changed_by=tag.changed_by, name=tag.name).update(changed_by=None)
    return followed


def _waiting(tag: Tag) -> Iterator[UUID]:
    """The posts that do not show the tag as it is called now."""
    name = tag.present.name
    posts = PostTag.objects.filter(tag_id=tag.id).order_by("id").values_list("post_id", "post__tags")
    return (post_id for post_id, tags in posts.iterator() if tag.merged_into_id or name not in tags)


def _follow(post_id: UUID, tag: Tag) -> None:
    try:
        post_retag(post_id, actor=tag.changed_by)
    except PostNotFound:  # deleted meanwhile
        return
