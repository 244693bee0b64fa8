"""Log-ins that meet a change, or each other, between password and session."""

from collections.abc import Callable
from functools import partial
from threading import Event
from uuid import UUID

import pytest
from auth_service.brakes.addresses import Client
from auth_service.mails.models import Kind, Mail
from auth_service.moderation.services import user_roles_change, user_suspend
from auth_service.sessions.models import Session
from auth_service.sessions.services import Grant, session_open
from auth_service.testing import PASSWORD, AtOnce, Caller
from auth_service.users.models import Role, User
from auth_service.users.services import InvalidCredentials, user_authenticate
from chassis.django.authentication import verifier
from django.db import connection, transaction
from django.utils import timezone

from tests.support.waiting import eventually

DANA = UUID("01900000-0000-7000-8000-0000000000a4")


@pytest.fixture
def authenticated(at_once: AtOnce) -> Callable[[], User]:
    """Gives alice as her password was found right: each time as read anew."""
    Caller("alice").register()
    return lambda: user_authenticate(login="alice", password=PASSWORD, client=Client(None), now=timezone.now())


def opened(user: User, program: str = "browser") -> Grant:
    return session_open(user, user_agent=program, ip="2001:db8::1", now=timezone.now())


def while_one_waits(at_once: AtOnce, change: Callable[[], object], log_in: Callable[[], object]) -> object:
    """What a log-in comes to that waits for the account until a change of it is committed."""
    is_changed = Event()

    def changes() -> None:
        with transaction.atomic():
            change()
            is_changed.set()
            eventually(one_waits)

    def logs_in() -> object:
        assert is_changed.wait(30)
        return log_in()

    return at_once([changes, logs_in])[1]


def one_waits() -> bool:
    """Whether somebody waits for a lock. On SQLite one writes at a time: who comes second waits before they begin."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_account_that_is_suspended_while_a_log_in_waits_for_it_gets_no_session(
    at_once: AtOnce, authenticated: Callable[[], User]
) -> None:
    user = authenticated()

    def log_in() -> None:
        with pytest.raises(InvalidCredentials):
            opened(user)

    while_one_waits(at_once, partial(user_suspend, user.id, actor=DANA, now=timezone.now()), log_in)
    assert not Session.objects.exists()


def test_roles_that_change_while_a_log_in_waits_are_those_of_its_token(
    at_once: AtOnce, authenticated: Callable[[], User]
) -> None:
    user = authenticated()
    change = partial(user_roles_change, user.id, [Role.EDITOR], actor=DANA)
    grant = while_one_waits(at_once, change, partial(opened, user))
    assert isinstance(grant, Grant)
    assert verifier().verify(grant.access_token).roles == {"editor"}


def test_of_two_log_ins_at_once_from_a_new_device_one_sends_the_mail(
    at_once: AtOnce, authenticated: Callable[[], User]
) -> None:
    opened(authenticated())
    before = [authenticated(), authenticated()]  # neither knows of the other's session
    at_once([partial(opened, user, "another") for user in before])
    assert Session.objects.count() == 3
    assert Mail.objects.filter(kind=Kind.NEW_DEVICE).count() == 1
