"""Reads of accounts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.django.prepared import prepared
from chassis.problems import FieldError, invalid_fields
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower, Now

from auth_service.users.models import Device, EmailChange, FormerUsername, User
from auth_service.users.unique_keys import email_key, username_key

NOBODY = UUID(int=0)
_RECENT = 100  # sessions by which an account knows a device


def user_get_by_login(login: str) -> User | None:
    """The account with this e-mail or username, without regard to case. No username holds an @."""
    found = _with_email(email_key(login), login.lower()) if "@" in login else _with_username(username_key(login))
    return found[0] if found else None


@prepared
def _with_email(key: str, lower: str) -> QuerySet[User]:
    return User.objects.with_email_key(key, lower).select_related("profile")


@prepared
def _with_username(key: str) -> QuerySet[User]:
    return User.objects.with_username_keys(key).select_related("profile").order_by("pk")


def user_get_by_email(email: str, *, locked: bool = False) -> User | None:
    """The account with this address, however it is spelt."""
    users = User.objects.with_email(email)
    return (users.select_for_update() if locked else users).first()


def user_get_by_uid(uid: str, *, locked: bool = False) -> User:
    """The account that a mailed link names; raises Problem 400 naming ``uid`` where there is none, or it is closed."""
    users = User.objects.select_for_update() if locked else User.objects.all()
    try:
        return users.get(id=UUID(uid), is_active=True)
    except (ValueError, User.DoesNotExist):
        raise invalid_fields([FieldError("/uid", "invalid", "This link is of no account.")]) from None


def user_get_locked(user_id: UUID) -> User:
    """The account, locked until the transaction ends; raises User.DoesNotExist."""
    for user in _locked(user_id):
        return user
    raise User.DoesNotExist


@prepared
def _locked(user_id: UUID) -> QuerySet[User]:
    return User.objects.select_for_update(of=("self",)).select_related("profile").filter(id=user_id)


@prepared
def devices_of(user_id: UUID) -> QuerySet[User, Device]:
    """The devices of this user's last log-ins."""
    sessions = User.objects.filter(id=user_id).order_by("-sessions__id")
    return sessions.values_list("sessions__ip", "sessions__user_agent")[:_RECENT]


def authors_list(*, ids: Collection[UUID] = (), usernames: Collection[str] = ()) -> QuerySet[User]:
    """The active accounts with one of these ids or usernames, or a username that is still held for them."""
    named = User.objects.with_usernames(*usernames).values("id")
    keys = [username_key(username) for username in usernames]
    held = FormerUsername.objects.filter(username_key__in=keys, held_until__gt=Now()).values("user_id")
    return User.objects.usable().filter(Q(id__in=ids) | Q(id__in=named) | Q(id__in=held))


def authors_page(*, after: UUID, size: int) -> QuerySet[User]:
    """The first active accounts with an id above this one, in the order of their ids."""
    accounts = User.objects.usable().filter(id__gt=after)
    return accounts.order_by("id")[:size]


def email_is_taken(email: str, *, owner_id: UUID = NOBODY) -> bool:
    """Whether an account but the owner's has this address in some spelling, or one that the database takes for it.

    Also whether it is held.
    """
    key = email_key(email)
    same = Q(email_key=key) | Q(email__lower=key) | Q(email__lower=Lower(Value(email)))
    return User.objects.filter(same).exclude(id=owner_id).exists() or email_is_held(email, owner_id=owner_id)


def email_is_held(email: str, *, owner_id: UUID = NOBODY) -> bool:
    """Whether an account but the owner's had this address, and may get it back."""
    changes = EmailChange.objects.filter(old_key=email_key(email), undo_until__gt=Now(), undone_at=None)
    return changes.exclude(user=owner_id).exclude(confirmed_at=None).exists()


def email_change_pending(user_id: UUID, *, asked_after: datetime) -> EmailChange | None:
    """The change of address that an account has asked for last; None where it asked earlier, or has done or undone it.

    An older one is never pending again: what was asked for instead may be of an address that is taken.
    """
    changes = EmailChange.objects.filter(user_id=user_id, created_at__gt=asked_after)
    last = changes.order_by("-created_at", "-id").first()
    return last if last and not last.confirmed_at and not last.undone_at else None
