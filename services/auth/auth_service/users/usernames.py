"""Which usernames may be had: not taken, not another one's to the eye, and not the platform's own."""

from collections.abc import Iterator

from chassis.problems import FieldError

from auth_service.users.look_alikes import look_alike
from auth_service.users.models import User
from auth_service.users.selectors import username_is_taken
from auth_service.users.unique_keys import look_alike_key

_NAMES = """
    about abuse admin administrator api authors docs editor help login logout me moderator postmaster posts root
    security staff studio support system tags webmaster
"""
_RESERVED = {look_alike_key(name) for name in _NAMES.split()}


def username_faults(username: str) -> Iterator[FieldError]:
    """Why nobody new may have this username.

    Two who ask for look-alikes at the same moment may both get theirs: of that alone the database keeps no index.
    """
    key = look_alike_key(username)
    if key in _RESERVED:
        yield FieldError("/username", "reserved", "This username is reserved.")
    elif username_is_taken(username):
        yield FieldError("/username", "taken", "This username is taken.")
    elif User.objects.alias(seen=look_alike()).filter(seen=key).exists():
        yield FieldError("/username", "look_alike", "This username looks like another one.")
