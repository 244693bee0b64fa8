"""Reads of changes of e-mail addresses."""

from datetime import datetime
from uuid import UUID

from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import LIVES
from auth_service.users.models import EmailChange
from auth_service.users.selectors import email_change_pending


def pending_change(user_id: UUID, *, now: datetime) -> EmailChange | None:
    """The change that an account has asked for last and may still confirm; None where it waits for none."""
    return email_change_pending(user_id, asked_after=now - LIVES[Purpose.EMAIL_CONFIRM])


def pending_email(user_id: UUID, *, now: datetime) -> str | None:
    """The address of that change."""
    change = pending_change(user_id, now=now)
    return change.new_email if change else None
