"""Writes to who follows whom, each with its count and its event, in the caller's transaction.

They hold the author's row from then on: what is published meanwhile waits, or is seen (see ``home_feed``).
"""

from uuid import UUID

from chassis.events.databases.django import publish
from chassis.problems import Problem

from blog_service.counters.services import followers_change
from blog_service.follows.events import FollowChanged
from blog_service.follows.models import Follow

MOST = 10_000
"""Authors that one user may follow."""
AT_ONCE = 100
"""Rows of each kind that are erased in one transaction."""


def follow_add(author_id: UUID, follower_id: UUID) -> bool:
    """Let a user follow an author; says whether they did not before.

    Raises Problem (409): for themselves, and for one author too many.
    """
    if author_id == follower_id:
        raise Problem(409, "follow_self", "Nobody follows themselves.")
    if Follow.objects.filter(author_id=author_id, follower_id=follower_id).exists():
        return False
    if Follow.objects.filter(follower_id=follower_id).count() >= MOST:
        raise Problem(409, "follows_too_many", f"Nobody follows more than {MOST} authors.")
    _follow, created = Follow.objects.get_or_create(author_id=author_id, follower_id=follower_id)
    if created:
        _count(author_id, 1)
    return created


def follow_remove(author_id: UUID, follower_id: UUID) -> bool:
    """Let a user follow an author no more; says whether they did."""
    deleted, _ = Follow.objects.filter(author_id=author_id, follower_id=follower_id).delete()
    if deleted:
        _count(author_id, -1)
    return bool(deleted)


def follows_erase(user_id: UUID) -> int:
    """Forget some of whom a user follows and of who follows them, and give how many; 0 when nothing is left."""
    followed = Follow.objects.filter(follower_id=user_id).order_by("author_id").values_list("author_id", flat=True)
    erased = sum(follow_remove(author_id, user_id) for author_id in list(followed[:AT_ONCE]))
    followers = list(Follow.objects.filter(author_id=user_id).values_list("id", flat=True)[:AT_ONCE])
    deleted, _ = Follow.objects.filter(id__in=followers).delete()
    if deleted:
        _count(user_id, -deleted)
    return erased + deleted


def _count(author_id: UUID, step: int) -> None:
    count, sequence = followers_change(author_id, step)
    publish(FollowChanged(author_id=author_id, followers_count=count), sequence=sequence)
