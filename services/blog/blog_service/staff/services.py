"""Who is staff here: a copy of what auth says, in the tables of Django's admin, where roles are groups."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.db import transaction

from blog_service.authors.services import author_is_newer
from blog_service.comments.access import MODERATING_ROLES
from blog_service.posts.access import EDITING_ROLES

STAFF_ROLES = EDITING_ROLES | MODERATING_ROLES


@transaction.atomic
def staff_enter(user_id: UUID, *, username: str, roles: Collection[str], sequence: int) -> User | None:
    """The member of staff with this account; None for one who neither edits nor moderates.

    Also where something newer is known than auth said with this ``sequence``: whoever asks again is told of it.
    """
    if STAFF_ROLES.isdisjoint(roles) or author_is_newer(user_id, sequence):
        return None
    known: dict[str, object] = {"first_name": username, "is_active": True}
    new = known | {"password": _no_password()}
    staff, _created = User.objects.update_or_create(username=str(user_id), defaults=known, create_defaults=new)
    _empower(staff, roles)
    return staff


def staff_leave(user_id: UUID) -> None:
    """End the log-ins of a member of staff, and let none be until auth is asked again."""
    User.objects.filter(username=str(user_id)).update(is_active=False, password=_no_password())


def staff_log_out(user_id: UUID) -> None:
    """End the log-ins of a member of staff."""
    User.objects.filter(username=str(user_id)).update(password=_no_password())


def staff_change(user_id: UUID, *, roles: Collection[str]) -> None:
    """Give a member of staff the powers of these roles; to lose one ends the log-ins."""
    for staff in User.objects.filter(username=str(user_id)):
        if roles_of(staff).difference(roles):
            staff_log_out(user_id)
        _empower(staff, roles)


def roles_of(staff: User) -> frozenset[str]:
    """The roles that a member of staff has here."""
    return frozenset(staff.groups.values_list("name", flat=True))


def _no_password() -> str:
    """Lets nobody in. Django binds log-ins to it: those bound to another one are over, and stay so."""
    return make_password(None)


def _empower(staff: User, roles: Collection[str]) -> None:
    held = STAFF_ROLES.intersection(roles)
    staff.is_staff, staff.is_superuser = bool(held), "admin" in held
    staff.save(update_fields=["is_staff", "is_superuser"])
    staff.groups.set([Group.objects.get_or_create(name=role)[0] for role in sorted(held)])
