"""Changes of passwords. Each is told to the account's address, and makes void what was mailed there before."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from django.contrib.auth.hashers import make_password
from django.db import transaction

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record, audit_refusal
from auth_service.brakes.limits import AttemptKind, of_password
from auth_service.brakes.services import attempt
from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import token_redeem, token_require
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue, mail_requests_drop
from auth_service.registration.services import account_open
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end, sessions_end_others
from auth_service.users.changes import credentials_changed
from auth_service.users.models import User
from auth_service.users.selectors import user_get_by_uid, user_get_locked
from auth_service.users.strength import weaknesses

RECENT = timedelta(minutes=10)  # so long a log-in counts as a proof for dangerous steps


def password_replace(user_id: UUID, password: str, *, actor: UUID, now: datetime) -> User:
    """Give an account another password, whose strength was checked, and end the sessions opened with the old one."""
    hashed = make_password(password)  # slow on purpose, so before the transaction opens
    with transaction.atomic():
        user = user_get_locked(user_id)
        _store(user, hashed, actor=actor, now=now)
        audit_record(Action.PASSWORD_CHANGED, user_id=user_id, actor=actor)
        sessions_end(user_id, by=Session.EndedBy.PASSWORD, actor=actor, now=now)
    return user


class StepUpRequired(Problem):
    """403: the log-in was too long ago for a dangerous step, and no password came along."""

    def __init__(self) -> None:
        super().__init__(403, "step_up_required", "Log in again, or send your password along.")


def password_change(  # noqa: PLR0913  named
    user: User, current: str | None, password: str, *, session_id: UUID, now: datetime, realworld: bool = False
) -> None:
    """Give a user another password, and end their other sessions.

    Raises Problem as ``step_up_require`` does, and 400 naming ``new_password`` where that is too weak.
    """
    step_up_require(user, current, session_id=session_id, now=now)
    hashed = _hashed(password, user, realworld=realworld)
    with transaction.atomic():
        locked = user_get_locked(user.id)
        if locked.password != user.password:
            raise invalid_fields([FieldError("/current_password", "invalid", "Your password was changed just now.")])
        _store(locked, hashed, actor=user.id, now=now)
        audit_record(Action.PASSWORD_CHANGED, user_id=user.id, actor=user.id)
        sessions_end_others(user.id, session_id, by=Session.EndedBy.PASSWORD, now=now)


def step_up_require(
    user: User, current: str | None, *, session_id: UUID, now: datetime, field: str = "current_password"
) -> None:
    """Let through who has just proved to be the owner: an access token may be a stolen one.

    That is by the password, or by a log-in of the last ten minutes; to refresh is none. Raises StepUpRequired, and as
    ``current_password_require`` does for a password, which has to be right whenever the log-in was.
    """
    if current is not None:
        current_password_require(user, current, holder=session_id, now=now, field=field)
    elif not Session.objects.filter(id=session_id, created_at__gt=now - RECENT).exists():
        raise StepUpRequired


def current_password_require(
    user: User, current: str, *, holder: UUID, now: datetime, field: str = "current_password"
) -> None:
    """Let through who knows the password; raises Problem 400 naming its ``field``, and TooManyAttempts.

    ``holder`` is the session in which it is asked for.
    """
    with attempt(AttemptKind.PASSWORD, of_password(holder), now=now):
        if not user.check_password(current):
            audit_refusal(Action.PASSWORD_REFUSED, user_id=user.id, actor=user.id)
            raise invalid_fields([FieldError(f"/{field}", "invalid", "This is not your password.")])


def password_reset(uid: str, token: str, password: str, *, now: datetime) -> None:
    """Give an account another password by a mailed token, and end all its sessions.

    That the mail was read confirms the address, and activates a new account. Raises Problem as ``user_get_by_uid`` and
    ``token_require`` do, and 400 naming ``new_password`` where that is too weak, which leaves the token good.
    """
    user = user_get_by_uid(uid)
    token_require(user, Purpose.PASSWORD_RESET, token, now=now)
    hashed = _hashed(password, user)
    with transaction.atomic():
        locked = user_get_by_uid(uid, locked=True)
        token_redeem(locked, Purpose.PASSWORD_RESET, token, now=now)
        account_open(locked)
        _store(locked, hashed, actor=user.id, now=now)
        audit_record(Action.PASSWORD_RESET, user_id=user.id, actor=user.id)
        sessions_end(user.id, by=Session.EndedBy.PASSWORD, actor=user.id, now=now)


def _hashed(password: str, user: User, *, realworld: bool = False) -> str:
    if wrong := list(weaknesses(password, user, "/new_password", realworld=realworld)):
        raise invalid_fields(wrong)
    return make_password(password)


def _store(user: User, hashed: str, *, actor: UUID, now: datetime) -> None:
    user.password = hashed
    user.save(update_fields=["password"])
    credentials_changed(user, actor=actor)
    mail_requests_drop(user)
    mail_queue(user, Kind.PASSWORD_CHANGED, now=now)
