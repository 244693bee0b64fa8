"""Reads of changes of e-mail addresses."""

from datetime import datetime
from uuid import UUID

from auth_service.mailed_tokens.models import Purpose
from auth_service.mailed_tokens.services import LIVES
from auth_service.users.models import EmailChange


def pending_email(user_id: UUID, *, now: datetime) -> str | None:
    """The address that an account has asked for last and may still confirm; None where it waits for none."""
    changes = EmailChange.objects.filter(user_id=user_id, created_at__gt=now - LIVES[Purpose.EMAIL_CONFIRM])
    last = changes.order_by("-created_at", "-id").first()
    return last.new_email if last and not last.confirmed_at and not last.undone_at else None
