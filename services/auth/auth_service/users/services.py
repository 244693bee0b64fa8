"""Opening accounts, and telling by a password whose one is."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chassis.problems import FieldError, Problem, invalid_fields
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from auth_service.audit.models import Action
from auth_service.audit.services import audit_refusal
from auth_service.brakes.addresses import Client
from auth_service.brakes.limits import AttemptKind, of_log_in
from auth_service.brakes.services import attempt
from auth_service.settings import settings
from auth_service.users.address_claims import claimant_of
from auth_service.users.models import User
from auth_service.users.selectors import NOBODY, devices_of, email_is_taken, user_get_by_login
from auth_service.users.strength import weaknesses
from auth_service.users.unique_keys import login_key
from auth_service.users.usernames import username_faults


class LoginRefused(Problem):
    """401: a login and password let nobody in; ``code`` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(401, code, detail, headers={"WWW-Authenticate": f'Bearer error="{code}"'})


class InvalidCredentials(LoginRefused):
    """No log-in: said alike of an unknown account and a wrong password."""

    def __init__(self) -> None:
        super().__init__("invalid_credentials", "No active account has this login and password.")


class NotActivated(LoginRefused):
    """The account waits for its owner to answer a mail."""

    def __init__(self) -> None:
        super().__init__("not_activated", "This account waits for its link in a mail to be opened.")


def user_draft(*, email: str, username: str, password: str, realworld: bool = False, **fields: Any) -> User:
    """An account that is not saved yet, whosever the address is; raises Problem 400 naming what else is wrong."""
    user = User(email=email, username=username)
    wrong = [*username_faults(username), *weaknesses(password, user, "/password", realworld=realworld)]
    if wrong:
        raise invalid_fields(wrong)
    return User.objects.draft(email=email, username=username, password=password, **fields)


def user_register(*, email: str, username: str, password: str, realworld: bool = False, **fields: Any) -> User:
    """Open an account; raises Problem 400 naming what is taken or too weak."""
    user = User(email=email, username=username)
    wrong = [*_taken(email, username), *weaknesses(password, user, "/password", realworld=realworld)]
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
    found = user_get_by_login(login)
    devices = devices_of(found.id if found else NOBODY)  # asked for nobody, too: it takes a while
    is_known = client.is_among({ip for ip, _ in devices})
    known_to = found.id if found and is_known else None
    if found:
        found.devices = devices
    with attempt(AttemptKind.LOG_IN, of_log_in(login_key(login), client, known_to=known_to), now=now):
        user = _whose_password(password, _candidates(login, found))
        if user is None:
            raise written_down(InvalidCredentials(), found)
    if not user.is_active:
        raise written_down(LoginRefused("account_suspended", "This account is suspended."), user)
    if not user.activated:
        raise written_down(NotActivated(), user)
    return user


def written_down(refusal: LoginRefused, user: User | None) -> LoginRefused:
    """The refusal, in the audit log: of unknown accounts too, for an entry takes a while and time must not tell."""
    audit_refusal(Action.SESSION_REFUSED, user_id=user.id if user else None, code=refusal.code)
    return refusal


def _candidates(login: str, found: User | None) -> Sequence[User | None]:
    """Whose password may come with a login.

    Where registering hides whose address is taken, so does this: with an address may come the password of its account,
    or that of who registered with it last and waits. Always two, the waiting one second, for time would tell.
    """
    if "@" not in login or not settings().activation:
        return [found]
    return [found, claimant_of(login)] if found and found.activated else [None, found]


def _whose_password(password: str, candidates: Sequence[User | None]) -> User | None:
    for user in candidates:
        if user is None:
            make_password(password)  # takes as long as checking one, so time does not tell which accounts exist
        elif user.check_password(password):
            return user
    return None


def _taken(email: str, username: str) -> Iterator[FieldError]:
    if email_is_taken(email):
        yield FieldError("/email", "taken", "An account with this e-mail address exists.")
    yield from username_faults(username)
