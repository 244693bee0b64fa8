"""Opening accounts, and telling by a password whose one is."""

from collections.abc import Iterator
from typing import Any

from chassis.problems import FieldError, Problem, invalid_fields
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from auth_service.users.models import User
from auth_service.users.selectors import email_is_taken, user_get_by_login, username_is_taken
from auth_service.users.strength import weaknesses


class InvalidCredentials(Problem):
    """401, the same for an unknown account, a wrong password and a suspended account."""

    def __init__(self) -> None:
        challenge = 'Bearer error="invalid_credentials"'
        detail = "No active account has this login and password."
        super().__init__(401, "invalid_credentials", detail, headers={"WWW-Authenticate": challenge})


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


def user_authenticate(*, login: str, password: str) -> User:
    """The account of this e-mail or username and password; raises InvalidCredentials."""
    user = user_get_by_login(login)
    if user is None:
        make_password(password)  # takes as long as checking one, so time does not tell which accounts exist
        raise InvalidCredentials
    if not user.check_password(password) or not user.is_active:
        raise InvalidCredentials
    return user


def _taken(email: str, username: str) -> Iterator[FieldError]:
    if email_is_taken(email):
        yield FieldError("/email", "taken", "An account with this e-mail address exists.")
    if username_is_taken(username):
        yield FieldError("/username", "taken", "This username is taken.")
