"""The tags of a post, written as one set."""

from blog_service.posts.models import Post, PostTag
from blog_service.tags.services import tags_ensure


def tags_replace(post: Post, names: list[str], *, present: frozenset[int]) -> frozenset[int]:
    """Make these the tags of the post, which has those ``present``; gives their ids."""
    tags = tags_ensure(names)
    post.tags = [tag.name for tag in tags]
    wanted = frozenset(tag.id for tag in tags)
    if gone := present - wanted:
        PostTag.objects.filter(post_id=post.id, tag_id__in=gone).delete()
    PostTag.objects.bulk_create(PostTag(post=post, tag_id=tag_id) for tag_id in wanted - present)
    return wanted
