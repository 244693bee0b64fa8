"""Writes to favourites, each with its count and its event. The caller's transaction holds the post's row."""

from uuid import UUID

from chassis.events.databases.django import publish

from blog_service.counters.services import favourites_change
from blog_service.favourites.events import FavouriteChanged
from blog_service.favourites.models import Favourite

AT_ONCE = 100
"""Favourites that are erased in one transaction, each with its event."""


def favourite_add(post_id: UUID, user_id: UUID) -> None:
    """Make the post a favourite of the user; nothing if it is one."""
    _favourite, created = Favourite.objects.get_or_create(post_id=post_id, user_id=user_id)
    if created:
        _count(post_id, 1)


def favourite_remove(post_id: UUID, user_id: UUID) -> None:
    """Make the post no favourite of the user; nothing if it is none."""
    deleted, _ = Favourite.objects.filter(post_id=post_id, user_id=user_id).delete()
    if deleted:
        _count(post_id, -1)


def favourites_erase(user_id: UUID) -> int:
    """Forget some of what a user likes best, and gives how much; 0 when nothing is left."""
    favourites = Favourite.objects.filter(user_id=user_id).select_related("post").only("post__id").order_by("post_id")
    found = list(
        favourites.select_for_update(of=("post",), no_key=True)[:AT_ONCE]
    )  # in one order: nobody blocks another
    for favourite in found:
        favourite_remove(favourite.post_id, user_id)
    return len(found)


def _count(post_id: UUID, step: int) -> None:
    count, sequence = favourites_change(post_id, step)
    publish(FavouriteChanged(post_id=post_id, favourites_count=count), sequence=sequence)
