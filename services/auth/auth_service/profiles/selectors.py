"""Reads of profiles."""

from auth_service.users.models import Profile, User


def profile_get(username: str) -> Profile | None:
    """The profile of an active account, without regard to case."""
    users = User.objects.with_usernames(username).filter(is_active=True, activated=True)
    return Profile.objects.select_related("user").filter(user__in=users).first()
