"""Reads of sessions."""

from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from auth_service.sessions.models import Session


def sessions_list(user_id: UUID, *, now: datetime) -> QuerySet[Session]:
    """The user's sessions that are not over, newest first."""
    return Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=now).order_by("-id")


def sessions_marked(user_id: UUID, *, current: UUID, now: datetime) -> QuerySet[Session]:
    """The same, each with whether it is the ``current`` one."""
    is_current = ExpressionWrapper(Q(id=current), output_field=BooleanField())
    return sessions_list(user_id, now=now).annotate(current=is_current)


def session_get(session_id: UUID, *, now: datetime) -> Session | None:
    """A session that is not over, of an account that may be used, with its user and profile."""
    live = Session.objects.filter(ended_at=None, expires_at__gt=now, user__is_active=True)
    return live.select_related("user__profile").filter(id=session_id).first()
