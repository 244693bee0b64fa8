"""How others learn of an account: each change is counted, and its event carries the count."""

from uuid import UUID

from chassis.events.databases.django import publish
from chassis.events.types import EventData

from auth_service.users.events import CredentialsChanged, ProfileUpdated, UserRegistered
from auth_service.users.models import User


def user_registered(user: User) -> None:
    """Publish that there is this account."""
    profile = user.profile
    shown = {"username": user.username, "bio": profile.bio, "avatar": profile.avatar, "locale": profile.locale}
    publish(UserRegistered(user_id=user.id, **shown), sequence=user.version, actor=user.id)


def user_announced(user: User) -> None:
    """Publish that there is this account, later than when it was opened; its row is locked."""
    user.version += 1
    user.save(update_fields=["version"])
    user_registered(user)


def user_changed(user: User, event: EventData, *, actor: UUID) -> None:
    """Count a change of this account, whose row is locked, and publish its event."""
    user.version += 1
    user.save(update_fields=["version"])
    publish(event, sequence=user.version, actor=actor)


def credentials_changed(user: User, *, actor: UUID) -> None:
    """Make void what was mailed to an account, whose row is locked, or opened with its former password or address."""
    user.credential_version += 1
    user.save(update_fields=["credential_version"])
    if user.activated:  # of others nobody has heard yet
        user_changed(user, CredentialsChanged(user_id=user.id), actor=actor)


def profile_changed(user: User, *, actor: UUID) -> None:
    """Count a change of the profile, and tell the others what it is now."""
    profile = user.profile
    shown = {
        "username": user.username,
        "bio": profile.bio,
        "avatar": profile.avatar,
        "picture_url": profile.picture_url,
    }
    user_changed(user, ProfileUpdated(user_id=user.id, **shown), actor=actor)
