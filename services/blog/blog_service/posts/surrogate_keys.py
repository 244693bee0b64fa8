"""What an answer is made of, for caches that forget it when one of these changes."""

from collections.abc import Iterable
from uuid import UUID

from blog_service.cache_headers import ALL_POSTS, KEYS
from blog_service.posts.selectors import PostRow


def keys_of_post(row: PostRow) -> dict[str, str]:
    """The header for an answer with one post: the post, its author and its pictures."""
    return {KEYS: " ".join(map(str, (row["id"], row["author_id"], *(image["media"] for image in row["images"]))))}


def keys_of_posts(rows: Iterable[PostRow], of_author: UUID | None = None) -> dict[str, str]:
    """The header for a list of posts: any post may come or go, and authors are shown by name, also who has none."""
    authors = [row["author_id"] for row in rows] + ([of_author] if of_author else [])
    return {KEYS: " ".join([ALL_POSTS, *dict.fromkeys(map(str, authors))])}
