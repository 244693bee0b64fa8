"""Following authors: with it their posts come into one's home feed, and go out of it."""

from uuid import UUID

from django.db import transaction

from blog_service.follows.services import follow_add, follow_remove
from blog_service.home_feed.selectors import MOST
from blog_service.home_feed.services import home_feed_drop, home_feed_fill
from blog_service.posts.selectors import newest_of


@transaction.atomic
def author_follow(author_id: UUID, follower_id: UUID) -> None:
    """Let a user follow an author, whose posts are in their home feed at once; nothing if they do already.

    Raises Problem (409) for themselves, and for one author too many.
    """
    if follow_add(author_id, follower_id):
        home_feed_fill(follower_id, author_id, newest_of(author_id, MOST))


@transaction.atomic
def author_unfollow(author_id: UUID, follower_id: UUID) -> None:
    """Let a user follow an author no more, whose posts leave their home feed; nothing if they do not."""
    if follow_remove(author_id, follower_id):
        home_feed_drop(follower_id, author_id)
