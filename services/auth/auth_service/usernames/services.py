"""Changes of usernames. The former one is held for its owner: nobody else gets it, or a name that looks like it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from chassis.problems import FieldError, invalid_fields
from django.db import IntegrityError, transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import token_redeem
from auth_service.passwords.services import current_password_require
from auth_service.settings import settings
from auth_service.users.changes import profile_changed
from auth_service.users.models import FormerUsername, User
from auth_service.users.selectors import user_get_by_uid, user_get_locked
from auth_service.users.unique_keys import username_key
from auth_service.users.usernames import username_faults

MOST_HELD = 5  # former names of one account: nobody collects the good ones
_POINTER = "/new_username"


def username_change(user: User, current: str, username: str, *, session_id: UUID, now: datetime) -> None:
    """Give a user another username.

    Raises Problem 400 naming ``current_password`` where it is another, or ``new_username`` where nobody may have that.
    """
    current_password_require(user, current, holder=session_id, now=now)
    username_take(user.id, username, now=now)


def username_take(user_id: UUID, username: str, *, now: datetime) -> None:
    """Give an account another username, whose owner has been asked for a proof. Raises Problem 400 as above."""
    with _taken_meanwhile(), transaction.atomic():
        _rename(user_get_locked(user_id), username, now=now)


def username_reset(uid: str, token: str, username: str, *, now: datetime) -> None:
    """Give an account another username by a mailed token.

    Raises Problem as ``user_get_by_uid`` and ``token_redeem`` do, and 400 naming ``new_username``, which leaves the
    token good.
    """
    with _taken_meanwhile(), transaction.atomic():
        user = user_get_by_uid(uid, locked=True)
        token_redeem(user, Purpose.USERNAME_RESET, token, now=now)
        _rename(user, username, now=now)


def usernames_release(*, now: datetime) -> None:
    """Let others have the former usernames that were held long enough."""
    FormerUsername.objects.filter(held_until__lte=now).delete()


@contextmanager
def _taken_meanwhile() -> Iterator[None]:
    """Around a transaction: somebody else may get the name between the look and the save."""
    try:
        yield
    except IntegrityError:
        raise invalid_fields([FieldError(_POINTER, "taken", "This username is taken.")]) from None


def _rename(user: User, username: str, *, now: datetime) -> None:
    if user.username == username:
        return
    if wrong := list(username_faults(username, _POINTER, owner_id=user.id)):
        raise invalid_fields(wrong)
    former, key = username_key(user.username), username_key(username)
    user.former_usernames.filter(username_key=key).delete()
    if key != former:
        if user.former_usernames.filter(held_until__gt=now).count() >= MOST_HELD:
            raise invalid_fields([FieldError(_POINTER, "too_many", "You have had too many usernames lately.")])
        user.former_usernames.create(
            username=user.username, username_key=former, held_until=now + settings().former_username_hold
        )
    user.username, user.username_key = username, key
    user.save(update_fields=["username", "username_key"])
    audit_record(Action.USERNAME_CHANGED, user_id=user.id, actor=user.id)
    profile_changed(user, actor=user.id)
