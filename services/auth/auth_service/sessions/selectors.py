"""Reads of sessions."""

import re
from datetime import datetime
from uuid import UUID

from chassis.client_address import address
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from auth_service.brakes.clients import network_of
from auth_service.sessions.models import Session

_LATELY = 100  # sessions by which a device is known


def sessions_list(user_id: UUID, *, now: datetime) -> QuerySet[Session]:
    """The user's sessions that are not over, newest first."""
    return Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=now).order_by("-id")


def sessions_marked(user_id: UUID, *, current: UUID, now: datetime) -> QuerySet[Session]:
    """The same, each with whether it is the ``current`` one."""
    is_current = ExpressionWrapper(Q(id=current), output_field=BooleanField())
    return sessions_list(user_id, now=now).annotate(current=is_current)


def is_known_device(user_id: UUID, *, ip: str | None, user_agent: str) -> bool:
    """Whether this user has logged in lately from this network, and with this program, be it another version."""
    lately = Session.objects.filter(user_id=user_id).order_by("-id").values_list("ip", "user_agent")[:_LATELY]
    networks = {_network(seen) for seen, _ in lately}
    programs = {_program(seen) for _, seen in lately}
    return _network(ip) in networks and _program(user_agent) in programs


def _network(ip: str | None) -> str:
    return network_of(address(ip or ""))


def _program(user_agent: str) -> str:
    return re.sub(r"[\d._]+", "", user_agent)


def session_get(session_id: UUID, *, now: datetime) -> Session | None:
    """A session that is not over, of an account that may be used, with its user and profile."""
    live = Session.objects.filter(ended_at=None, expires_at__gt=now, user__is_active=True)
    return live.select_related("user__profile").filter(id=session_id).first()
