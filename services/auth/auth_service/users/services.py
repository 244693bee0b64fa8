"""Opening accounts, and telling by a password whose one is."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.brakes.clients import Client
from auth_service.brakes.limits import AttemptKind, of_log_in
from auth_service.brakes.services import attempt
from auth_service.users.models import User
from auth_service.users.selectors import addresses_of, email_is_taken, user_get_by_login
from auth_service.users.strength import weaknesses
from auth_service.users.unique_keys import login_key
from auth_service.users.usernames import username_faults

NOBODY = UUID(int=0)


class LoginRefused(Problem):
    """401: a login and password let nobody in; ``code`` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(401, code, detail, headers={"WWW-Authenticate": f'Bearer error="{code}"'})


class InvalidCredentials(LoginRefused):
    """The same for an unknown account and a wrong password."""

    def __init__(self) -> None:
        super().__init__("invalid_credentials", "No active account has this login and password.")


def user_register(*, email: str, username: str, password: str, **fields: Any) -> User:
    """Open an account; raises Problem 400 naming what is taken or too weak."""
    wrong = [*_taken(email, username), *weaknesses(password, User(email=email, username=username), "/password")]
    if wrong:
        raise invalid_fields(wrong)
    try:
        return User.objects.create_user(email=email, username=username, password=password, **fields)
    except IntegrityError:
        taken = list(_taken(email, username))  # by somebody who registered between the check and the insert
        if not taken:
            raise
        raise invalid_fields(taken) from None


def user_authenticate(*, login: str, password: str, client: Client, now: datetime) -> User:
    """The account of this e-mail or username and password; raises LoginRefused and TooManyAttempts.

    That it is suspended, or not activated, is told only to who knows the password.
    """
    user = user_get_by_login(login)
    is_known = client.is_among(addresses_of(user.id if user else NOBODY))  # asked for nobody, too: it takes a while
    known_to = user.id if user and is_known else None
    with attempt(AttemptKind.LOG_IN, of_log_in(login_key(login), client, known_to=known_to), now=now):
        if user is None:
            make_password(password)  # takes as long as checking one, so time does not tell which accounts exist
            raise _written_down(InvalidCredentials(), user)
        if not user.check_password(password):
            raise _written_down(InvalidCredentials(), user)
    if not user.is_active:
        raise _written_down(LoginRefused("account_suspended", "This account is suspended."), user)
    if not user.activated:
        raise _written_down(
            LoginRefused("not_activated", "This account waits for its link in a mail to be opened."), user
        )
    return user


def _written_down(refusal: LoginRefused, user: User | None) -> LoginRefused:
    """The refusal, in the audit log: of unknown accounts too, for an entry takes a while and time must not tell."""
    with contextlib.suppress(IntegrityError), transaction.atomic():  # an account that was just deleted has no log
        audit_record(Action.SESSION_REFUSED, user_id=user.id if user else None, actor=None, code=refusal.code)
    return refusal


def _taken(email: str, username: str) -> Iterator[FieldError]:
    if email_is_taken(email):
        yield FieldError("/email", "taken", "An account with this e-mail address exists.")
    yield from username_faults(username)
