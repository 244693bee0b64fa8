"""Changes of profiles."""

from typing import TypedDict
from uuid import UUID

from chassis.problems import Problem
from django.db import transaction

from auth_service.avatars.services import avatar_require
from auth_service.users.changes import profile_changed
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked


class ProfileChanges(TypedDict, total=False):
    """What of a profile is to change; absent stays."""

    bio: str
    avatar: UUID | None
    locale: str


def profile_update(user_id: UUID, changes: ProfileChanges, *, actor: UUID, version: int | None = None) -> User:
    """Change the given parts of a profile. What is equal already makes no event.

    Raises Problem: 412 if the account is not of the given ``version`` any more, and as ``avatar_require`` does.
    """
    if avatar := changes.get("avatar"):
        avatar_require(user_id, avatar)
    with transaction.atomic():
        user = user_get_locked(user_id)
        if version not in {None, user.version}:
            raise Problem(412, "precondition_failed", "The account has changed since it was read.")
        profile = user.profile
        different = {name: value for name, value in changes.items() if getattr(profile, name) != value}
        if different:
            for name, value in different.items():
                setattr(profile, name, value)
            profile.save(update_fields=list(different))
            profile_changed(user, actor=actor)
    return user
