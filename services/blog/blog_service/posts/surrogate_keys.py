"""What an answer is made of, for caches that forget it when one of these changes."""

from collections.abc import Iterable
from uuid import UUID

from blog_service.cache_headers import ALL_POSTS, KEYS
from blog_service.posts.selectors import PostRow


def keys_of_post(row: PostRow) -> dict[str, str]:
    """The header for an answer with one post: the post, its authors and its pictures."""
    authors, pictures = (each["id"] for each in row["authors"]), (image["media"] for image in row["images"])
    return {KEYS: " ".join(map(str, (row["id"], *authors, *pictures)))}


def keys_of_posts(rows: Iterable[PostRow], of_author: UUID | None = None) -> dict[str, str]:
    """The header for a list of posts: any post may come or go, and authors are shown by name, also who has none."""
    authors = [each["id"] for row in rows for each in row["authors"]] + ([of_author] if of_author else [])
    return {KEYS: " ".join([ALL_POSTS, *dict.fromkeys(map(str, authors))])}
