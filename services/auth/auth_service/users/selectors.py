"""Reads of accounts."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from auth_service.users.models import Profile, User


def user_get_by_login(login: str) -> User | None:
    """The account with this e-mail or username, without regard to case. No username holds an @."""
    name = "email__lower" if "@" in login else "username__lower"
    return User.objects.select_related("profile").filter(**{name: login.lower()}).first()


def user_get_locked(user_id: UUID) -> User:
    """The account, locked until the transaction ends; raises User.DoesNotExist."""
    return User.objects.select_for_update(of=("self",)).select_related("profile").get(id=user_id)


def profile_get(username: str) -> Profile | None:
    """The profile of an active account, without regard to case."""
    profiles = Profile.objects.select_related("user").filter(user__is_active=True)
    return profiles.filter(user__username__lower=username.lower()).first()


def authors_list(*, ids: Collection[UUID] = (), usernames: Collection[str] = ()) -> QuerySet[User]:
    """The active accounts with one of these ids or usernames, each with its profile."""
    names = [username.lower() for username in usernames]
    wanted = Q(id__in=ids) | Q(username__lower__in=names)
    return User.objects.select_related("profile").filter(wanted, is_active=True)


def authors_page(*, after: UUID, size: int) -> QuerySet[User]:
    """The first active accounts with an id above this one, in the order of their ids, each with its profile."""
    accounts = User.objects.select_related("profile").filter(id__gt=after, is_active=True)
    return accounts.order_by("id")[:size]


def email_is_taken(email: str) -> bool:
    return User.objects.filter(email__lower=email.lower()).exists()


def username_is_taken(username: str) -> bool:
    return User.objects.filter(username__lower=username.lower()).exists()
