"""Writes to home feeds: what is published goes into those of the followers, and what one follows into one's own.

What is written here for an author is written while their row is held, by publishing, following and spreading alike:
so no follower misses a post that is published just then, and none keeps one of somebody they follow no more.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from blog_service.authors.services import author_hold
from blog_service.follows.selectors import NOBODY, followers_after
from blog_service.home_feed.models import Entry, HomeFeed, Spreading
from blog_service.home_feed.selectors import MOST, home_feed

AT_ONCE = 500
"""Followers who get a post in one transaction, the first of them in that in which it is published."""
POSTS_AT_ONCE = 100


def post_spread(post_id: UUID, author_id: UUID, published_at: datetime, *, after: UUID = NOBODY) -> None:
    """Give a published post to the followers of its author; where there are many, to the first, and the rest later."""
    readers = followers_after(author_id, after, AT_ONCE)
    shown = {"author_id": author_id, "published_at": published_at, "post_id": post_id}
    Entry.objects.bulk_create((Entry(reader_id=reader, **shown) for reader in readers), ignore_conflicts=True)
    if len(readers) == AT_ONCE:
        rest = {"author_id": author_id, "published_at": published_at, "after": readers[-1]}
        Spreading.objects.update_or_create(post_id=post_id, defaults=rest)
    elif after != NOBODY:
        Spreading.objects.filter(post_id=post_id).delete()


def post_withdraw(post_id: UUID) -> None:
    """Take a post that is public no more out of all home feeds."""
    Spreading.objects.filter(post_id=post_id).delete()
    Entry.objects.filter(post_id=post_id).delete()


def posts_spread_on() -> int:
    """Give posts to the next of the followers who have not got them; gives to how many posts that was done."""
    waiting = Spreading.objects.order_by("post_id").values_list("post_id", "author_id")[:POSTS_AT_ONCE]
    for post_id, author_id in (found := list(waiting)):
        _spread_on(post_id, author_id)
    return len(found)


def home_feed_fill(reader_id: UUID, author_id: UUID, posts: Iterable[tuple[UUID, datetime]]) -> None:
    """Put posts of an author, by id and time of publication, into the home feed of a new follower."""
    HomeFeed.objects.get_or_create(reader_id=reader_id)
    of = {"reader_id": reader_id, "author_id": author_id}
    Entry.objects.bulk_create((Entry(published_at=at, post_id=key, **of) for key, at in posts), ignore_conflicts=True)


def home_feed_drop(reader_id: UUID, author_id: UUID) -> None:
    """Take all posts of an author out of a home feed."""
    Entry.objects.filter(reader_id=reader_id, author_id=author_id).delete()


def home_feed_erase(reader_id: UUID) -> int:
    """Forget the home feed of a user who follows nobody any more, and give how many posts it had."""
    erased, _ = Entry.objects.filter(reader_id=reader_id).delete()
    HomeFeed.objects.filter(reader_id=reader_id).delete()
    return erased


def home_feeds_trim(reader_ids: Iterable[UUID]) -> None:
    """Forget what home feeds have beyond their newest posts."""
    for reader_id in reader_ids:
        for at, post_id in home_feed(reader_id).values_list("published_at", "post_id")[MOST : MOST + 1]:
            older = Q(published_at__lt=at) | Q(published_at=at, post_id__lte=post_id)
            Entry.objects.filter(older, reader_id=reader_id).delete()


@transaction.atomic
def _spread_on(post_id: UUID, author_id: UUID) -> None:
    author_hold(author_id)
    for spreading in Spreading.objects.filter(post_id=post_id):  # what was withdrawn meanwhile is none
        post_spread(post_id, author_id, spreading.published_at, after=spreading.after)
