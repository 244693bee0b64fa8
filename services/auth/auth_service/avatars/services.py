"""Which pictures may be an avatar, and what becomes of one whose picture goes."""

from collections.abc import Collection
from uuid import UUID

from chassis.internal_client import InternalUnavailable
from chassis.problems import FieldError, Problem, invalid_fields
from django.db import transaction

from auth_service.avatars.media import pictures
from auth_service.users.changes import profile_changed
from auth_service.users.models import Profile, User
from auth_service.users.selectors import user_get_locked

_REFUSED = {
    "processing": ("not_ready", "This picture is still being processed; choose it once it is ready."),
    "failed": ("failed", "This picture cannot be shown; choose another one."),
}
_UNKNOWN = ("unknown", "There is no such picture of yours.")


def avatar_require(user_id: UUID, avatar: UUID) -> None:
    """Raises Problem: 400 unless it is a ready picture of the user, 503 while media cannot be asked."""
    try:
        picture = pictures([avatar]).get(avatar)
    except InternalUnavailable as error:
        raise Problem(503, "media_unavailable", "Whether there is such a picture cannot be told now.") from error
    if picture is None or picture.owner_id != user_id:
        raise invalid_fields([FieldError("/profile/avatar", *_UNKNOWN)])
    if picture.status != "ready":
        raise invalid_fields([FieldError("/profile/avatar", *_REFUSED[picture.status])])


def avatar_forget(user_id: UUID, avatar: UUID) -> None:
    """Show no avatar any more where it is still this one, and tell the others."""
    with transaction.atomic():
        try:
            user = user_get_locked(user_id)
        except User.DoesNotExist:
            return
        profile = user.profile
        if profile.avatar == avatar:
            profile.avatar = None
            profile.save(update_fields=["avatar"])
            profile_changed(user, actor=user_id)


def avatars_compare(user_ids: Collection[UUID]) -> None:
    """Forget those avatars of these users, at most 200, whose picture media does not have as theirs.

    Raises InternalUnavailable.
    """
    shown = Profile.objects.filter(pk__in=user_ids, avatar__isnull=False).values_list("pk", "avatar")
    avatars = {user_id: avatar for user_id, avatar in shown if avatar}
    kept = pictures(avatars.values()) if avatars else {}
    for user_id, avatar in avatars.items():
        if avatar not in kept or kept[avatar].owner_id != user_id:
            avatar_forget(user_id, avatar)
