"""Who is staff here: a copy of what auth says, in the table of Django's admin."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX as NO_PASSWORD
from django.contrib.auth.models import User

from blog_service.posts.access import EDITING_ROLES


def staff_enter(user_id: UUID, *, username: str, roles: Collection[str]) -> User | None:
    """The member of staff with this account; None for one who edits nothing."""
    if EDITING_ROLES.isdisjoint(roles):
        return None
    known = {"password": NO_PASSWORD, "first_name": username, "is_active": True, **_powers(roles)}
    staff, _created = User.objects.update_or_create(username=str(user_id), defaults=known)
    return staff


def staff_leave(user_id: UUID) -> None:
    """End the sessions of a member of staff, until the next log-in."""
    User.objects.filter(username=str(user_id)).update(is_active=False)


def staff_change(user_id: UUID, *, roles: Collection[str]) -> None:
    """Give a member of staff the powers of these roles, and none where they give none."""
    User.objects.filter(username=str(user_id)).update(**_powers(roles))


def _powers(roles: Collection[str]) -> dict[str, Any]:
    return {"is_staff": not EDITING_ROLES.isdisjoint(roles), "is_superuser": "admin" in roles}
