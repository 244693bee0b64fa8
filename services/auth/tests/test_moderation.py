"""What staff decide about accounts."""

from uuid import UUID

import pytest
from auth_service.brakes.addresses import Client
from auth_service.moderation.services import user_reactivate, user_roles_change, user_suspend
from auth_service.sessions.models import Session
from auth_service.sessions.selectors import sessions_list
from auth_service.sessions.services import session_open, sessions_end
from auth_service.testing import PASSWORD, Caller
from auth_service.users.models import Role, User
from auth_service.users.services import InvalidCredentials, user_authenticate
from chassis.django.authentication import verifier
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

DANA = UUID("01900000-0000-7000-8000-0000000000a4")
ME = "/api/v1/auth/users/me"


@pytest.fixture
def user(alice: Caller) -> User:
    return User.objects.get()


def types() -> list[str]:
    return [event.type.removeprefix("auth.") for event in published(DjangoDatabase())]


def test_a_suspension_ends_every_session(alice: Caller, user: User) -> None:
    Caller("alice").log_in()
    user_suspend(user.id, actor=DANA, now=timezone.now())
    assert alice.get(ME).body["code"] == "token_revoked"
    assert alice.post("/api/v1/auth/jwt/create", {"login": "alice", "password": PASSWORD}).status == 401
    assert types() == ["user.registered.v1", "user.suspended.v1", "user.tokens_revoked.v1"]
    assert {event.actor for event in published(DjangoDatabase())[1:]} == {str(DANA)}


def test_a_log_in_that_meets_a_suspension_opens_no_session(user: User) -> None:
    authenticated = user_authenticate(login="alice", password=PASSWORD, client=Client(None), now=timezone.now())
    user_suspend(user.id, actor=DANA, now=timezone.now())
    with pytest.raises(InvalidCredentials):
        session_open(authenticated, user_agent="", ip=None, now=timezone.now())
    assert not sessions_list(user.id, now=timezone.now())


def test_a_log_in_with_a_password_that_was_just_replaced_opens_no_session(user: User) -> None:
    authenticated = user_authenticate(login="alice", password=PASSWORD, client=Client(None), now=timezone.now())
    user.set_password("another long pass phrase")
    user.save(update_fields=["password"])
    with pytest.raises(InvalidCredentials):
        session_open(authenticated, user_agent="", ip=None, now=timezone.now())


def test_a_log_in_that_meets_a_change_of_roles_gets_a_token_of_the_new_ones(user: User) -> None:
    authenticated = user_authenticate(login="alice", password=PASSWORD, client=Client(None), now=timezone.now())
    user_roles_change(user.id, [Role.EDITOR], actor=DANA)
    grant = session_open(authenticated, user_agent="", ip=None, now=timezone.now())
    assert verifier().verify(grant.access_token).roles == {"editor"}
    user.refresh_from_db()
    assert user.last_login


def test_ending_many_sessions_takes_one_statement_and_one_event(
    user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 20):
        for _ in range(count):
            session_open(user, user_agent="", ip=None, now=timezone.now())
        before = len(types())
        with django_assert_num_queries(9):  # savepoints, account, personal tokens, sessions, version, event, audit
            sessions_end(user.id, by=Session.EndedBy.STAFF, actor=DANA, now=timezone.now())
        assert types()[before:] == ["user.tokens_revoked.v1"]
    last = published(DjangoDatabase())[-1]
    assert (last.data["reason"], last.actor) == ("staff", str(DANA))


def test_a_second_suspension_changes_nothing(user: User) -> None:
    user_suspend(user.id, actor=DANA, now=timezone.now())
    before = types()
    user_suspend(user.id, actor=DANA, now=timezone.now())
    assert types() == before


def test_a_reactivated_user_may_log_in_again(alice: Caller, user: User) -> None:
    user_suspend(user.id, actor=DANA, now=timezone.now())
    user_reactivate(user.id, actor=DANA)
    user_reactivate(user.id, actor=DANA)
    assert alice.get(ME).body["code"] == "token_revoked"
    alice.access = ""
    alice.log_in()
    assert alice.get(ME).status == 200
    assert types().count("user.reactivated.v1") == 1


def test_roles_are_told_with_the_next_version(user: User) -> None:
    user_roles_change(user.id, [Role.EDITOR, Role.AUTHOR], actor=DANA)
    user_roles_change(user.id, [Role.AUTHOR, Role.EDITOR], actor=DANA)
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.sequence) == ("auth.role.changed.v1", 2)
    assert event.data == {"user_id": str(user.id), "roles": ["author", "editor"]}
