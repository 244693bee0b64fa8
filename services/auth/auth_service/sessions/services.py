"""Opening and ending sessions."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.django.prepared import insert, prepared_update
from chassis.events.databases.django import publish
from chassis.problems import Problem
from django.db import transaction
from django.db.models import QuerySet

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.deletions.services import deletion_cancel
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_queue
from auth_service.personal_tokens.services import personal_tokens_revoke
from auth_service.sessions.access_tokens import access_token_issue
from auth_service.sessions.events import SessionRevoked
from auth_service.sessions.models import Session
from auth_service.sessions.refresh_tokens import RefreshToken
from auth_service.sessions.selectors import is_known_device, sessions_beyond, sessions_list
from auth_service.settings import settings
from auth_service.users.changes import user_changed
from auth_service.users.events import TokensRevoked
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked
from auth_service.users.services import InvalidCredentials
from chassis import statsd

_CHUNK = 1_000  # rows deleted in one transaction
AT_ONCE = 50_000  # rows deleted by one job, for no job may take long
_SURPLUS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Grant:
    """What a log-in or a refresh gives the client."""

    session: Session
    access_token: str
    refresh_token: str
    deletion_cancelled: bool = False

    @classmethod
    def of(cls, session: Session, token: RefreshToken, *, now: datetime) -> "Grant":
        return cls(session, access_token_issue(session, now=now), str(token))


def session_open(  # noqa: PLR0913  named
    user: User, *, user_agent: str, ip: str | None, by_cookie: bool = False, realworld: bool = False, now: datetime
) -> Grant:
    """Log a user in on one device; of too many sessions the one unused for longest ends.

    It keeps an account that was to be deleted. Raises InvalidCredentials where the account was suspended, or got
    another password, since it was authenticated.
    """
    session = Session(user=user, created_at=now, user_agent=user_agent, ip=ip, by_cookie=by_cookie, realworld=realworld)
    token = RefreshToken(session.id, 0, secrets.token_bytes(RefreshToken.SECRET_BYTES))
    session.remember(token, now=now)
    with transaction.atomic():
        current = user if _locked_as_authenticated(user, now) else _changed_meanwhile(user, now)
        cancelled = deletion_cancel(current, now=now)
        session.user = current
        if user.last_login and not is_known_device(user, ip=ip, user_agent=user_agent):
            mail_queue(user, Kind.NEW_DEVICE, about=session.id, now=now)
        current.last_login = now
        insert(session)
        audit_record(Action.SESSION_OPENED, user_id=user.id, actor=user.id, session_id=session.id)
        _end_surplus(user, now=now)
        transaction.on_commit(lambda: statsd.incr("session.opened"))
    return replace(Grant.of(session, token, now=now), deletion_cancelled=cancelled)


def _locked_as_authenticated(user: User, now: datetime) -> bool:
    """Lock the account as it was authenticated, as whoever suspends it does, and set its ``last_login``.

    Between a password and its session there is a moment: False where it has changed in it, and nothing is set.
    """
    return bool(_set_last_login(user.id, user.version, user.credential_version, user.password, now))


@prepared_update
def _set_last_login(
    user_id: UUID, version: int, credential_version: int, password: str, now: datetime
) -> tuple[QuerySet[User], dict[str, Any]]:
    as_it_was = {"version": version, "credential_version": credential_version, "password": password}
    return User.objects.filter(id=user_id, is_active=True, **as_it_was), {"last_login": now}


def _changed_meanwhile(user: User, now: datetime) -> User:
    """The account as it is now, locked; raises InvalidCredentials where what it was authenticated by is void."""
    current = user_get_locked(user.id)
    credentials = (user.password, user.credential_version)
    if not current.is_active or (current.password, current.credential_version) != credentials:
        raise InvalidCredentials
    _locked_as_authenticated(current, now)
    return current


def _end_surplus(user: User, *, now: datetime) -> None:
    """A few at a time: accounts from before there was a limit come down to it log-in by log-in."""
    most = settings().sessions_per_user
    for session in sessions_beyond(most, _SURPLUS_AT_ONCE)(user.id, now):
        session_end(session, by=Session.EndedBy.SURPLUS, actor=None, now=now)


def session_end(session: Session, *, by: Session.EndedBy, actor: UUID | None, now: datetime) -> None:
    """End a session; one that is over already stays as it is, and makes no second event.

    ``actor`` is the id of who wanted it, None when auth itself saw a reason.
    """
    with transaction.atomic():
        going = Session.objects.filter(id=session.id, ended_at=None)
        if going.update(ended_at=now, ended_by=by):
            last = session.tokens_end(now)
            revoked = SessionRevoked(user_id=session.user_id, session_id=session.id, expires_at=last)
            publish(revoked, sequence=1, actor=actor)
            action = Action.SESSION_STOLEN if by == Session.EndedBy.REUSE else Action.SESSION_ENDED
            audit_record(action, user_id=session.user_id, actor=actor, session_id=session.id, by=by.value)


def session_end_own(user_id: UUID, session_id: UUID, *, now: datetime) -> None:
    """End one of the user's own sessions; raises Problem 404 if it is none of theirs, or over."""
    session = sessions_list(user_id, now=now).filter(id=session_id).first()
    if session is None:
        raise Problem(404, "not_found", "You have no such session.")
    session_end(session, by=Session.EndedBy.USER, actor=user_id, now=now)


def sessions_end(user_id: UUID, *, by: Session.EndedBy, actor: UUID, now: datetime) -> None:
    """End every session of a user, with one event for all of them, and every personal token; none without any."""
    with transaction.atomic():
        user = user_get_locked(user_id)
        personal_tokens_revoke(user_id, by=by.value, actor=actor, now=now)
        going = sessions_list(user_id, now=now)
        if newest := going.first():
            count = going.update(ended_at=now, ended_by=by)
            not_before = max(now, _began_at(newest))  # one that was opened since `now` was taken ends too
            user_changed(user, TokensRevoked(user_id=user_id, not_before=not_before, reason=by.value), actor=actor)
            audit_record(Action.SESSION_ENDED, user_id=user_id, actor=actor, by=by.value, sessions=count)


def _began_at(session: Session) -> datetime:
    """The moment in a session's id, by which verifiers judge its tokens (RFC 9562, UUIDv7)."""
    return datetime.fromtimestamp((session.id.int >> 80) / 1000, UTC)


def sessions_end_others(user_id: UUID, session_id: UUID, *, by: Session.EndedBy, now: datetime) -> None:
    """End the user's sessions but this one, with an event for each: one for all would stop this one's tokens too."""
    with transaction.atomic():
        for session in sessions_list(user_id, now=now).exclude(id=session_id):
            session_end(session, by=by, actor=user_id, now=now)


def sessions_delete_expired(*, now: datetime) -> int:
    """Forget sessions whose refresh tokens have expired, chunk by chunk, AT_ONCE at most; gives how many rows went."""
    expired = Session.objects.filter(expires_at__lte=now).order_by("expires_at")
    deleted = 0
    while deleted < AT_ONCE and (ids := list(expired.values_list("id", flat=True)[:_CHUNK])):
        deleted += Session.objects.filter(id__in=ids).delete()[0]
    return deleted
