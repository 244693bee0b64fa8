"""What RealWorld's dialect changes of an account in one request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from auth_service.emails.services import email_change, email_take
from auth_service.me.realworld.shapes import shown_image
from auth_service.passwords.services import password_change, step_up_require
from auth_service.profiles.services import ProfileChanges, profile_update
from auth_service.settings import settings
from auth_service.usernames.services import username_take
from auth_service.users.models import User
from auth_service.users.shapes import avatar_link


@transaction.atomic
def account_change(user: User, sent: dict[str, Any], *, session_id: UUID, now: datetime) -> None:
    """Change what is given, all of it or nothing.

    Another name, address or password needs a log-in of the last ten minutes, for the dialect asks for no password.
    Where activation is on, another address waits for its mail to be answered. Raises Problem as those changes do, and
    ``step_up_required``.
    """
    profile_update(user.id, _profile_changes(user, sent), actor=user.id)
    if sent.get("username", user.username) != user.username:
        step_up_require(user, None, session_id=session_id, now=now)
        username_take(user.id, sent["username"], now=now)
    if sent.get("email", user.email) != user.email:
        change = email_change_asked if settings().activation else email_take
        change(user, sent["email"], session_id=session_id, now=now)
    if "password" in sent:
        password_change(user, None, sent["password"], session_id=session_id, now=now, realworld=True)


def email_change_asked(user: User, email: str, *, session_id: UUID, now: datetime) -> None:
    """Ask for another address as both versions do."""
    email_change(user, None, email, session_id=session_id, now=now)


def _profile_changes(user: User, sent: dict[str, Any]) -> ProfileChanges:
    """Changes of a profile: none for a picture that is shown already; an empty one takes the avatar away, too."""
    profile, changes = user.profile, ProfileChanges()
    if "bio" in sent:
        changes["bio"] = sent["bio"] or ""
    image = sent.get("image", shown_image(profile.picture_url, profile.avatar)) or ""
    if image == avatar_link(profile.avatar):
        changes["picture_url"] = ""
    elif image:
        changes["picture_url"] = image
    else:
        changes |= {"avatar": None, "picture_url": ""}
    return changes
