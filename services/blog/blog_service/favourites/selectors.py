"""Reads of favourites."""

from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, QuerySet, Value

from blog_service.favourites.models import Favourite


def favourited_by(user_id: UUID | None) -> Exists | Value:
    """An expression for queries of posts: whether the row is a favourite of this user; of nobody it is none."""
    if user_id is None:
        return Value(False, BooleanField())
    return Exists(Favourite.objects.filter(post_id=OuterRef("id"), user_id=user_id))


def favourites_of(user_id: UUID | None) -> QuerySet[Favourite, UUID]:
    """The ids of a user's favourite posts; of nobody there are none."""
    return Favourite.objects.filter(user_id__in=[user_id] if user_id else []).values_list("post_id", flat=True)
