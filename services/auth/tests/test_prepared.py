"""Statements that are made once do what the ORM would do each time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from auth_service.audit.models import Action, AuditEntry
from auth_service.sessions.models import Session
from auth_service.sessions.selectors import sessions_with_id_locked
from auth_service.sessions.services import session_open
from auth_service.users.models import User
from chassis.django.prepared import insert, prepared, prepared_update
from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def sessions(db: None) -> list[Session]:
    """Of alice, who has two, and of bob."""
    users = [_user(name) for name in ("alice", "bob")]
    owners = [users[0], users[0], users[1]]
    return [
        session_open(owner, user_agent=f"browser {number}", ip=f"2001:db8::{number}", now=NOON).session
        for number, owner in enumerate(owners)
    ]


def _user(name: str) -> User:
    return User.objects.create_user(email=f"{name}@example.org", username=name, password=None)


def columns(instance: Model) -> dict[str, Any]:
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def test_instances_are_those_of_the_orm(
    sessions: list[Session], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    @prepared
    def found(session_id: UUID, since: datetime) -> QuerySet[Session]:
        return Session.objects.select_related("user__profile").filter(id=session_id, created_at__gte=since)

    for session in sessions:
        with django_assert_num_queries(1):
            (one,) = found(session.id, NOON)
            shown = columns(one), columns(one.user), columns(one.user.profile)
        same = Session.objects.get(id=session.id)
        assert shown == (columns(same), columns(same.user), columns(same.user.profile))
        assert not one._state.adding
        assert found(session.id, NOON + timedelta(microseconds=1)) == []


def test_tuples_are_those_of_the_orm(sessions: list[Session]) -> None:
    @prepared
    def found(user_id: UUID, agent: str) -> QuerySet[Session, tuple[UUID, str | None, datetime]]:
        others = Session.objects.filter(user_id=user_id).exclude(user_agent=agent).order_by("-id")
        return others.values_list("id", "ip", "created_at")

    for session in sessions:
        others = Session.objects.filter(user=session.user).exclude(user_agent=session.user_agent).order_by("-id")
        assert found(session.user_id, session.user_agent) == [(each.id, each.ip, each.created_at) for each in others]


def test_an_update_changes_what_it_names_and_tells_of_how_many(sessions: list[Session]) -> None:
    @prepared_update
    def change(user_id: UUID, generation: int, digest: bytes, at: datetime) -> tuple[QuerySet[Session], dict[str, Any]]:
        still = Session.objects.filter(user_id=user_id, ended_at=None)
        return still, {"refresh_generation": generation, "refresh_digest": digest, "last_used_at": at}

    later = NOON + timedelta(seconds=1)
    assert change(sessions[0].user_id, 7, b"\0\xff", later) == 2
    for session in sessions:
        session.refresh_from_db()
    assert [session.refresh_generation for session in sessions] == [7, 7, 0]
    assert (bytes(sessions[0].refresh_digest), sessions[0].last_used_at) == (b"\0\xff", later)
    assert change(uuid7(), 8, b"", later) == 0


def test_an_inserted_row_is_the_instance(sessions: list[Session]) -> None:
    entry = AuditEntry(
        at=NOON,
        action=Action.SUSPENDED,
        user=sessions[0].user,
        ip="2001:db8::1",
        user_agent="'%s'",
        session_id=sessions[0].id,
        detail={"by": "%(name)s"},
    )
    insert(entry)
    assert columns(AuditEntry.objects.get(id=entry.id)) == columns(entry)
    entry.user_agent = "changed"
    entry.save()  # an update: it is there
    assert AuditEntry.objects.get(id=entry.id).user_agent == "changed"


def test_what_was_compared_is_a_parameter_and_never_sql(sessions: list[Session]) -> None:
    @prepared
    def found(agent: str) -> QuerySet[Session]:
        return Session.objects.filter(user_agent=agent)

    assert found("' OR 1=1 --") == []
    assert found("%s") == []


@pytest.mark.django_db
def test_an_argument_that_is_no_parameter_is_refused() -> None:
    @prepared
    def found(agent: str, name: str) -> QuerySet[Session]:
        return Session.objects.filter(user_agent__contains=agent, user__username=name)

    with pytest.raises(ValueError, match="no parameter"):
        found("browser", "alice")


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_transactions_alone() -> None:
    with transaction.atomic():
        assert sessions_with_id_locked(uuid7()) == []
    with pytest.raises(TransactionManagementError):
        sessions_with_id_locked(uuid7())
