"""By what caches forget comments."""

from collections.abc import Iterable
from uuid import UUID

from blog_service.cache_headers import KEYS
from blog_service.comments.selectors import CommentRow


def comments_keys(post_id: UUID, rows: Iterable[CommentRow]) -> dict[str, str]:
    """The header of a page of comments on a post: it changes with the post and with those who are named."""
    authors = dict.fromkeys(str(row["author_id"]) for row in rows if row["author_id"])
    return {KEYS: " ".join([str(post_id), *authors])}
