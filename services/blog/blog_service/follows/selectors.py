"""Reads of who follows whom."""

from collections.abc import Callable
from functools import cache
from uuid import UUID

from chassis.django.prepared import prepared
from django.db.models import BooleanField, Exists, OuterRef, QuerySet, Value

from blog_service.follows.models import Follow

NOBODY = UUID(int=0)
"""Before the first follower in their order."""


def followed_by(user_id: UUID | None, author_id: str = "id") -> Exists | Value:
    """An expression for queries of authors: whether this user follows the row; nobody follows none.

    In queries of what an author made, ``author_id`` is the column that says whose it is.
    """
    if user_id is None:
        return Value(False, BooleanField())
    return Exists(Follow.objects.filter(author_id=OuterRef(author_id), follower_id=user_id))


def followers_after(author_id: UUID, after: UUID, most: int) -> list[UUID]:
    """The next followers of an author in the order of their ids."""
    return [follower_id for (follower_id,) in _followers(most)(author_id, after)]


@cache
def _followers(most: int) -> Callable[[UUID, UUID], list[tuple[UUID]]]:
    @prepared
    def followers(author_id: UUID, after: UUID) -> "QuerySet[Follow, tuple[UUID]]":
        found = Follow.objects.filter(author_id=author_id, follower_id__gt=after).order_by("follower_id")
        return found.values_list("follower_id")[:most]

    return followers
