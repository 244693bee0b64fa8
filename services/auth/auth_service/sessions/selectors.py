"""Reads of sessions."""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from uuid import UUID

from chassis.client_address import address
from chassis.django.prepared import prepared
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from auth_service.brakes.addresses import network_of
from auth_service.sessions.models import Session
from auth_service.users.models import Device, User
from auth_service.users.selectors import devices_of


def sessions_list(user_id: UUID, *, now: datetime) -> QuerySet[Session]:
    """The user's sessions that are not over, newest first."""
    return Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=now).order_by("-id")


def sessions_marked(user_id: UUID, *, current: UUID, now: datetime) -> QuerySet[Session]:
    """Sessions that are open, each with whether it is the ``current`` one."""
    is_current = ExpressionWrapper(Q(id=current), output_field=BooleanField())
    return sessions_list(user_id, now=now).annotate(current=is_current)


def is_known_device(user: User, *, ip: str | None, user_agent: str) -> bool:
    """Whether this user has logged in lately from this network, and with this program, be it another version.

    A device that is not among those looked up before may be known by now: of two log-ins at once one is the first.
    """
    return _is_among(user.devices, ip, user_agent) or _is_among(devices_of(user.id), ip, user_agent)


def _is_among(devices: Collection[Device], ip: str | None, user_agent: str) -> bool:
    networks = {_network(seen) for seen in {seen for seen, _ in devices}}
    programs = {_program(seen) for seen in {seen for _, seen in devices}}
    return _network(ip) in networks and _program(user_agent) in programs


def _network(ip: str | None) -> str:
    return network_of(address(ip or ""))


def _program(user_agent: str | None) -> str:
    return re.sub(r"[\d._]+", "", user_agent or "")


def session_get(session_id: UUID, *, now: datetime) -> Session | None:
    """A session that is not over, of an account that may be used, with its user and profile."""
    live = _live(session_id, now)
    return live[0] if live else None


@prepared
def _live(session_id: UUID, now: datetime) -> QuerySet[Session]:
    live = Session.objects.filter(ended_at=None, expires_at__gt=now, user__is_active=True)
    return live.select_related("user__profile").filter(id=session_id)


@prepared
def sessions_with_id(session_id: UUID) -> QuerySet[Session]:
    """A session, be it over or not, with its user and profile; none where it is forgotten."""
    return Session.objects.select_related("user__profile").filter(id=session_id)


@prepared
def sessions_with_id_locked(session_id: UUID) -> QuerySet[Session]:
    """The sessions with an id, locked until the transaction ends."""
    return Session.objects.select_for_update(of=("self",)).select_related("user__profile").filter(id=session_id)


@cache
def sessions_beyond(most: int, at_once: int) -> Callable[[UUID, datetime], list[Session]]:
    """What gives of the sessions of a user that are not over those that are too many: the ones unused for longest."""

    @prepared
    def beyond(user_id: UUID, now: datetime) -> QuerySet[Session]:
        return sessions_list(user_id, now=now).order_by("-last_used_at", "-id")[most : most + at_once]

    return beyond
