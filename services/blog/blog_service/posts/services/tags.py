"""The tags of a post, written as one set."""

from django.db import connection

from blog_service.posts.models import Post, PostTag
from blog_service.tags.services import tags_ensure


def tags_replace(post: Post, names: list[str], *, present: frozenset[int]) -> frozenset[int]:
    """Make these the tags of the post, which has those ``present``; gives their ids."""
    tags = tags_ensure(names)
    post.tags = [tag.name for tag in tags]
    wanted = frozenset(tag.id for tag in tags)
    if gone := present - wanted:
        PostTag.objects.filter(post_id=post.id, tag_id__in=gone).delete()
    if new := wanted - present:
        with connection.cursor() as cursor:
            places = ", ".join(["(%s, %s)"] * len(new))
            values = [value for tag_id in new for value in (post.id.hex, tag_id)]
            cursor.execute(f"INSERT INTO posts_posttag (post_id, tag_id) VALUES {places}", values)  # noqa: S608  constants
    return wanted
