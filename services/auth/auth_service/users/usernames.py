"""Which usernames may be had: not taken, not another one's to the eye, and not the platform's own."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from chassis.problems import FieldError
from django.db.models import QuerySet
from django.db.models.functions import Now

from auth_service.users.look_alikes import look_alike
from auth_service.users.models import USERNAME, FormerUsername, User
from auth_service.users.selectors import NOBODY
from auth_service.users.unique_keys import look_alike_key, username_key

_NAMES = """
    about abuse admin administrator api authors docs editor help login logout me moderator postmaster posts root
    security staff studio support system tags webmaster
"""
_RESERVED = {look_alike_key(name) for name in _NAMES.split()}


def username_faults(username: str, pointer: str = "/username", *, owner_id: UUID = NOBODY) -> Iterator[FieldError]:
    """Why nobody, or nobody but the owner, may have this username; ``pointer`` names its field.

    Two who ask for look-alikes at the same moment may both get theirs: of that alone the database keeps no index.
    """
    accounts = User.objects.with_usernames(username).exclude(pk=owner_id)
    held = FormerUsername.objects.filter(held_until__gt=Now()).exclude(user=owner_id)
    key = look_alike_key(username)
    if not re.fullmatch(USERNAME, username):
        yield FieldError(pointer, "invalid", "Use 3 to 30 of the characters a-z A-Z 0-9 _ . -")
    elif key in _RESERVED:
        yield FieldError(pointer, "reserved", "This username is reserved.")
    elif accounts.exists() or held.filter(username_key=username_key(username)).exists():
        yield FieldError(pointer, "taken", "This username is taken.")
    elif _seen_like(User.objects.exclude(pk=owner_id), key) or _seen_like(held, key):
        yield FieldError(pointer, "look_alike", "This username looks like another one.")


def _seen_like(names: QuerySet[Any], key: str) -> bool:
    is_there: bool = names.alias(seen=look_alike()).filter(seen=key).exists()
    return is_there
