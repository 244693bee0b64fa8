"""Places in the list of published posts. A cursor is opaque to clients, and good for as long as they like."""

import base64
from datetime import UTC, datetime
from uuid import UUID

from chassis.problems import Problem
from django.db.models import Q, QuerySet

from blog_service.posts.models import Post
from blog_service.posts.selectors import PostRow


def posts_after(posts: QuerySet[Post], cursor: str | None) -> QuerySet[Post]:
    """The posts that follow a cursor, newest first; raises Problem (400) for one that was not given out here."""
    posts = posts.order_by("-published_at", "-id")
    if cursor is None:
        return posts
    published_at, post_id = _decode(cursor)
    # The first condition alone would do for the index, the second for the truth.
    earlier = Q(published_at__lt=published_at) | Q(published_at=published_at, id__lt=post_id)
    return posts.filter(earlier, published_at__lte=published_at)


def cursor_of(row: PostRow) -> str:
    """The place right after this post."""
    assert row["published_at"]
    place = f"{row['published_at'].isoformat()} {row['id']}"
    return base64.urlsafe_b64encode(place.encode()).decode()


def _decode(cursor: str) -> tuple[datetime, UUID]:
    try:
        moment, post_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split(" ")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(post_id)
    except (ValueError, OverflowError):
        raise Problem(400, "cursor_invalid", "The cursor is not one that was given out here.") from None
