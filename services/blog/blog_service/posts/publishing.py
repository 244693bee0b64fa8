"""When a post becomes public, and when it stops being so."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from blog_service.posts.images import images_pending
from blog_service.posts.models import Post


def publication_settle(post: Post, wanted: bool | None, now: datetime, *, media_ids: Collection[UUID]) -> None:
    """Follow the writer's wish, or an earlier one that waits for images; None leaves the wish as it is.

    A post with pictures, ``media_ids``, that are not yet known to be good keeps waiting, and so does what a suspended
    author wished for earlier.
    """
    if wanted is False:
        post.publish_requested = False
        post.status, post.published_at = Post.Status.DRAFT, None
        return
    if wanted:
        post.publish_requested = post.status != Post.Status.PUBLISHED
    may_go = wanted or (post.publish_requested and not post.author.suspended)
    if may_go and post.publish_requested and not images_pending(post, media_ids):
        post.publish_requested = False
        post.status, post.published_at = Post.Status.PUBLISHED, now
