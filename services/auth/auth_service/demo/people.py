"""The people of the demo content: the same ids on every machine, so that posts and pictures find their owners."""

from typing import Any
from uuid import UUID

from chassis.problems import Problem
from chassis.settings import SettingsError
from django.db import transaction

from auth_service.profiles.services import profile_update
from auth_service.settings import settings
from auth_service.users.models import Role, User
from auth_service.users.services import user_register

PASSWORD = "broadsheet-demo"  # noqa: S105  everybody may know it, which is why production is refused
ADMIN: dict[str, Any] = {"is_staff": True, "is_superuser": True, "roles": [Role.AUTHOR.value, Role.ADMIN.value]}
PEOPLE: dict[str, tuple[UUID, str, dict[str, Any]]] = {
    "ada": (UUID("01900000-0000-7000-8000-0000000000a1"), "Writes about engines that weave algebra.", {}),
    "grace": (UUID("01900000-0000-7000-8000-0000000000a2"), "Finds bugs, and keeps the moths.", {}),
    "linus": (UUID("01900000-0000-7000-8000-0000000000a3"), "Walks with a camera before the city wakes.", {}),
    "dana": (UUID("01900000-0000-7000-8000-0000000000a4"), "Keeps the house in order.", ADMIN),
}


def load() -> list[str]:
    """Register whoever is missing; gives their usernames. Raises SettingsError in production."""
    if settings().production:
        raise SettingsError("ENVIRONMENT is production; demo accounts have a known password and stay out of it.")
    return [username for username in PEOPLE if _register(username)]


def refuse_in_production() -> None:
    """Raises SettingsError in production while an account can be entered with the password that everybody knows."""
    if not settings().production:
        return
    ids = [user_id for user_id, _, _ in PEOPLE.values()]
    people = User.objects.filter(id__in=ids, is_active=True).order_by("id")
    known = [user.username for user in people if user.check_password(PASSWORD)]
    if known:
        raise SettingsError(
            f"ENVIRONMENT is production, and anybody can log in as {', '.join(known)}, a demo account."
            " Give each another (`broadsheet auth manage changepassword E-MAIL`), or begin with a new database."
        )


def _register(username: str) -> bool:
    user_id, bio, powers = PEOPLE[username]
    if User.objects.filter(id=user_id).exists():
        return False
    try:
        with transaction.atomic():
            user_register(id=user_id, email=f"{username}@example.org", username=username, password=PASSWORD, **powers)
            profile_update(user_id, {"bio": bio}, actor=user_id)
    except Problem:  # somebody goes by this name already, and keeps it
        return False
    return True
