"""Changes of profiles."""

from typing import TypedDict
from uuid import UUID

from chassis.preconditions import ANY, IfMatch, entity_tag
from django.db import transaction

from auth_service.avatars.services import avatar_require
from auth_service.users.changes import profile_changed
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked


class ProfileChanges(TypedDict, total=False):
    """What of a profile is to change; absent stays."""

    bio: str
    avatar: UUID | None
    picture_url: str
    locale: str


def profile_update(user_id: UUID, changes: ProfileChanges, *, actor: UUID, expected: IfMatch = ANY) -> User:
    """Change the given parts of a profile. What is equal already makes no event; an avatar replaces a ``picture_url``.

    Raises Problem: 412 if the account is not as ``expected`` any more, and as ``avatar_require`` does.
    """
    if avatar := changes.get("avatar"):
        avatar_require(user_id, avatar)
    if "avatar" in changes:
        changes = {"picture_url": "", **changes}
    with transaction.atomic():
        user = user_get_locked(user_id)
        expected.require(entity_tag(user.version))
        profile = user.profile
        different = {name: value for name, value in changes.items() if getattr(profile, name) != value}
        if different:
            for name, value in different.items():
                setattr(profile, name, value)
            profile.save(update_fields=list(different))
            profile_changed(user, actor=actor)
    return user
