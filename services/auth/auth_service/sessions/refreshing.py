"""What a refresh token gives: its successor, or the end of the session."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.django.prepared import prepared_update
from chassis.logging import get_logger
from chassis.problems import Problem
from django.db import transaction
from django.db.models import QuerySet

from auth_service.sessions.models import Session
from auth_service.sessions.refresh_tokens import RefreshToken
from auth_service.sessions.selectors import sessions_with_id, sessions_with_id_locked
from auth_service.sessions.services import Grant, session_end
from auth_service.settings import settings

log = get_logger()


class RefreshRefused(Problem):
    """401: the refresh token gives nothing; ``code`` says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(401, code, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def session_refresh(refresh_token: str, *, by_cookie: bool = False, now: datetime) -> Grant:
    """Exchange a refresh token for its successor and an access token; raises RefreshRefused.

    A token used a second time within the grace gives the same successor (parallel tabs, lost answers). Any older use is
    theft, and ends the session. ``by_cookie``: it came in a cookie; tokens that were given so count in no other way.
    """
    if grant := _next(refresh_token, by_cookie=by_cookie, now=now):
        return grant
    with transaction.atomic():
        session, token, last = _found(refresh_token, sessions_with_id_locked)
        _require_usable(session, by_cookie=by_cookie, now=now)
        current = _exchange(session, token, last, now=now)
    if current is None:  # raised out here, so that the end of the session is not rolled back
        log.warning("refresh token reused", session=str(session.id), generations_old=last.generation - token.generation)
        raise RefreshRefused("refresh_token_reused", "This token was used before; the session has been ended.")
    return Grant.of(session, current, now=now)


def session_logout(refresh_token: str, *, now: datetime) -> None:
    """End the session of a refresh token, be it the last one or older; raises RefreshRefused if it is of none."""
    with transaction.atomic():
        session, _, _ = _found(refresh_token, sessions_with_id_locked)
        session_end(session, by=Session.EndedBy.LOGOUT, actor=session.user_id, now=now)


def _next(refresh_token: str, *, by_cookie: bool, now: datetime) -> Grant | None:
    """What nearly all ask for: the exchange of the last token, by one UPDATE and without a lock; None for any other.

    Whoever ends the session, or exchanges the token too, changes its row, so that the UPDATE finds it no more. Raises
    RefreshRefused.
    """
    session, token, last = _found(refresh_token, sessions_with_id)
    _require_usable(session, by_cookie=by_cookie, now=now)
    if token != last:
        return None
    successor = token.successor()
    session.remember(successor, now=now)
    then = successor.generation, successor.digest(), now, session.expires_at
    moved_on = _move_on(session.id, token.generation, *then)
    return Grant.of(session, successor, now=now) if moved_on else None


@prepared_update
def _move_on(  # noqa: PLR0913, PLR0917  columns, by their places
    session_id: UUID, generation: int, next_generation: int, digest: bytes, now: datetime, expires_at: datetime
) -> tuple[QuerySet[Session], dict[str, Any]]:
    still = Session.objects.filter(id=session_id, refresh_generation=generation, ended_at=None)
    values = {"refresh_generation": next_generation, "refresh_digest": digest}
    return still, values | {"last_used_at": now, "expires_at": expires_at}


def _exchange(session: Session, token: RefreshToken, last: RefreshToken, *, now: datetime) -> RefreshToken | None:
    """The token to use from now on; None, and the session ended, for one that was used before."""
    if token == last:
        successor = token.successor()
        session.remember(successor, now=now)
        session.save(update_fields=["refresh_generation", "refresh_digest", "last_used_at", "expires_at"])
        return successor
    grace = timedelta(seconds=settings().refresh_grace_seconds)
    if token.generation == last.generation - 1 and now <= session.last_used_at + grace:
        return last
    session_end(session, by=Session.EndedBy.REUSE, actor=None, now=now)
    return None


def _found(refresh_token: str, read: Callable[[UUID], list[Session]]) -> tuple[Session, RefreshToken, RefreshToken]:
    """The session of a refresh token, the token, and the last one of its chain. Raises RefreshRefused."""
    if token := RefreshToken.parse(refresh_token):
        for session in read(token.session_id):
            if last := token.later(session.refresh_generation, bytes(session.refresh_digest)):
                return session, token, last
    raise RefreshRefused("refresh_token_invalid", "This is not a refresh token of ours.")


def _require_usable(session: Session, *, by_cookie: bool, now: datetime) -> None:
    if session.ended_at or not session.user.is_active:
        raise RefreshRefused("refresh_token_revoked", "The session has been ended.")
    if session.expires_at <= now:
        raise RefreshRefused("refresh_token_expired", "The session has expired; log in again.")
    if session.by_cookie != by_cookie:
        raise RefreshRefused("refresh_token_invalid", "A token is good as it was given: in the body, or by cookie.")
