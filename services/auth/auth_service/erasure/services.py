"""The deletion of an account, as its owner asks for it and takes it back."""

from datetime import datetime
from uuid import UUID

from chassis.problems import FieldError, Problem, invalid_fields
from django.db import transaction

from auth_service.deletions.models import Deletion
from auth_service.deletions.services import deletion_ask, deletion_cancel
from auth_service.passwords.services import step_up_require
from auth_service.personal_tokens.services import personal_tokens_revoke
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end_others
from auth_service.users.models import User
from auth_service.users.selectors import user_get_locked


def deletion_request(
    user: User, password: str | None, *, field: str, session_id: UUID, now: datetime
) -> tuple[Deletion, datetime]:
    """Have the user's account deleted after the grace, and end their other sessions and personal tokens.

    Gives also when that will be.

    Raises Problem as ``step_up_require`` does, naming ``field``.
    """
    step_up_require(user, password, session_id=session_id, now=now, field=field)
    with transaction.atomic():
        locked = user_get_locked(user.id)
        if locked.password != user.password:
            raise invalid_fields([FieldError(f"/{field}", "invalid", "Your password was changed just now.")])
        deletion = deletion_ask(locked, now=now)
        sessions_end_others(user.id, session_id, by=Session.EndedBy.DELETION, now=now)
        personal_tokens_revoke(user.id, by=Session.EndedBy.DELETION.value, actor=user.id, now=now)
    assert locked.deletes_at
    return deletion, locked.deletes_at


def deletion_withdraw(user_id: UUID, *, now: datetime) -> None:
    """Keep the account after all; raises Problem 404 where it is not to be deleted."""
    with transaction.atomic():
        if not deletion_cancel(user_get_locked(user_id), now=now):
            raise DeletionNotFound


class DeletionNotFound(Problem):
    """404: nobody has asked for it, or it was taken back."""

    def __init__(self) -> None:
        super().__init__(404, "deletion_not_found", "No deletion has been asked for.")
