"""Keys for accounts that were opened before there were keys."""

from chassis.logging import get_logger
from django.db import IntegrityError, transaction
from django.db.models import Q

from auth_service.users.models import User
from auth_service.users.unique_keys import email_key, username_key

AT_ONCE = 500

log = get_logger()


def users_fill_keys(at_once: int = AT_ONCE) -> int:
    """Fill in keys that are missing; gives how many accounts were looked at."""
    lacking = User.objects.filter(Q(email_key=None) | Q(username_key=None)).order_by("id")
    users = list(lacking[:at_once])
    for user in users:
        try:
            with transaction.atomic():
                _fill(user)
        except IntegrityError:  # somebody registered under this key just now; the next run finds them
            log.warning("key of an account not filled", user=str(user.id))
    return len(users)


def _fill(user: User) -> None:
    """An account whose key is another's gets one that nobody can type: it is reached by its other name."""
    keys = {"email_key": email_key(user.email), "username_key": username_key(user.username)}
    for name, spelt in (("email_key", user.email), ("username_key", user.username)):
        if _is_anothers(user, name, keys[name], spelt):
            log.warning("two accounts are spelt alike", user=str(user.id), name=name.removesuffix("_key"))
            keys[name] = f"{keys[name]} {user.id}"
    User.objects.filter(pk=user.pk).update(**keys)


def _is_anothers(user: User, name: str, key: str, spelt: str) -> bool:
    """Whether another account has the key, or the better claim: spelt like it, that one could always log in."""
    taken = Q(**{name: key})
    if spelt.lower() != key:
        taken |= Q(**{name: None, f"{name.removesuffix('_key')}__lower": key})
    return User.objects.exclude(pk=user.pk).filter(taken).exists()
