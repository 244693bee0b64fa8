"""Reads of who follows whom."""

from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Value

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
    followers = Follow.objects.filter(author_id=author_id, follower_id__gt=after).order_by("follower_id")
    return list(followers.values_list("follower_id", flat=True)[:most])
