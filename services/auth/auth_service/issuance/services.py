"""Making and deleting personal tokens, as their owners do."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from chassis.tokens import personal
from django.db import transaction

from auth_service.access_tokens import SCOPES
from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.passwords.services import step_up_require
from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.selectors import personal_tokens_list
from auth_service.personal_tokens.services import personal_token_revoke
from auth_service.settings import settings
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked

T = TypeVar("T")


class TooManyTokens(Problem):
    """409: the account has as many personal tokens as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(409, "too_many_tokens", f"You have {most} personal tokens; delete one first.")


def personal_token_create(  # noqa: PLR0913  what a token is made of
    user: User,
    current: str | None,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None,
    session_id: UUID,
    then: Callable[[PersonalToken, str], T],
    now: datetime,
) -> T:
    """Make a token; without ``expires_at`` it lives as long as one may.

    ``then`` is given it with its text, which nobody can tell later, in the transaction that makes it.

    Raises Problem as ``step_up_require`` does, 422 naming ``expires_at``, and TooManyTokens.
    """
    ends = _end(expires_at, now=now)
    step_up_require(user, current, session_id=session_id, now=now)
    text, most = personal.personal_token(), settings().personal_tokens_per_user
    with transaction.atomic():
        user = user_get_locked(user.id)
        if personal_tokens_list(user.id).filter(expires_at__gt=now).count() >= most:
            raise TooManyTokens(most)
        token = PersonalToken.objects.create(
            user=user,
            name=name,
            scopes=[scope for scope in SCOPES if scope in scopes],
            digest=personal.digest(text),
            created_at=now,
            expires_at=ends,
        )
        made = {"token_id": str(token.id), "scopes": token.scopes}
        audit_record(Action.TOKEN_CREATED, user_id=user.id, actor=user.id, **made)
        return then(token, text)


def personal_token_delete(user: User, current: str | None, token_id: UUID, *, session_id: UUID, now: datetime) -> None:
    """Delete one of the user's tokens; raises Problem as ``step_up_require`` does, and 404 if it is none of theirs."""
    step_up_require(user, current, session_id=session_id, now=now)
    token = personal_tokens_list(user.id).filter(id=token_id).first()
    if token is None:
        raise Problem(404, "not_found", "You have no such token.")
    personal_token_revoke(token, by="user", actor=user.id, now=now)


def _end(asked: datetime | None, *, now: datetime) -> datetime:
    latest = now + settings().personal_token_life
    if asked is None:
        return latest
    if not now < asked <= latest:
        days = settings().personal_token_days
        raise invalid_fields([FieldError("/expires_at", "out_of_range", f"A token ends within {days} days from now.")])
    return asked
