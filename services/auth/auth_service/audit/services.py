"""Writing down what happens, in the transaction in which it does, and forgetting it when its time is over."""

import contextlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.django.prepared import insert
from django.db import IntegrityError, transaction
from django.utils import timezone

from auth_service.audit.models import Action, AuditEntry
from auth_service.audit.origin import Origin, origin
from auth_service.settings import settings

AT_ONCE = 50_000  # rows deleted by one job, for no job may take long
_CHUNK = 1_000
_ELSEWHERE = Origin()


def audit_record(
    action: Action,
    *,
    user_id: UUID | None,
    actor: UUID | None,
    session_id: UUID | None = None,
    at: datetime | None = None,
    **detail: Any,
) -> None:
    """Write down an act about an account, or about none; call in the transaction of the act.

    ``session_id`` is the session it is about; without one, that in which it is done. ``at`` is when, unless that is
    now. ``detail`` is read by the account's owner: no secret, and nothing that was typed. Of staff only the id is
    written, which the owner is not shown.
    """
    source = origin() if actor in {None, user_id} else _ELSEWHERE
    insert(
        AuditEntry(
            at=at or timezone.now(),
            action=action,
            user_id=user_id,
            actor=actor,
            ip=source.ip,
            user_agent=source.user_agent,
            session_id=session_id or source.session_id,
            detail=detail,
        )
    )


def audit_refusal(action: Action, *, user_id: UUID | None, actor: UUID | None = None, **detail: Any) -> None:
    """Write down that somebody was refused, which no transaction goes with; an account deleted just now has no log."""
    with contextlib.suppress(IntegrityError), transaction.atomic():
        audit_record(action, user_id=user_id, actor=actor, **detail)


def audit_delete_old(*, now: datetime) -> int:
    """Forget what is older than it is kept, chunk by chunk, AT_ONCE at most; gives how many rows went."""
    old = AuditEntry.objects.filter(at__lte=now - timedelta(days=settings().audit_days)).order_by("at")
    deleted = 0
    while deleted < AT_ONCE and (ids := list(old.values_list("id", flat=True)[:_CHUNK])):
        deleted += AuditEntry.objects.filter(id__in=ids).delete()[0]
    return deleted
