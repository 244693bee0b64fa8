"""What a refresh token gives, and what it gives the second time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from auth_service.moderation.services import user_suspend
from auth_service.sessions import refreshing
from auth_service.sessions.models import Session
from auth_service.sessions.refresh_tokens import RefreshToken
from auth_service.sessions.refreshing import RefreshRefused, session_logout, session_refresh
from auth_service.sessions.selectors import sessions_with_id
from auth_service.sessions.services import Grant, session_end, session_open
from auth_service.testing import AtOnce, Caller
from auth_service.users.models import User
from chassis.events.databases.django import DjangoDatabase
from chassis.events.envelope import Event
from chassis.events.testing import published
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

REFRESH = "/api/v1/auth/jwt/refresh"
NOON = datetime.fromisoformat("2026-11-23T12:00:00Z")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(email="alice@example.org", username="alice", password=None)


@pytest.fixture
def grant(user: User) -> Grant:
    return session_open(user, user_agent="", ip=None, now=NOON)


def revocations() -> list[Event]:
    return [event for event in published(DjangoDatabase()) if event.type == "auth.session.revoked.v1"]


def test_a_refresh_gives_a_new_pair(alice: Caller) -> None:
    answer = alice.post(REFRESH, {"refresh": alice.refresh})
    assert answer.status == 200
    assert set(answer.body) == {"access", "refresh"}
    assert answer.body["refresh"] != alice.refresh
    alice.access = answer.body["access"]
    assert alice.get("/api/v1/auth/users/me").status == 200


def test_a_second_use_within_the_grace_gives_the_same_successor(grant: Grant) -> None:
    first = session_refresh(grant.refresh_token, now=NOON + seconds(600))
    second = session_refresh(grant.refresh_token, now=NOON + seconds(610))
    assert second.refresh_token == first.refresh_token
    assert second.access_token != first.access_token
    assert session_refresh(first.refresh_token, now=NOON + seconds(620)).refresh_token != first.refresh_token


def test_a_second_use_after_the_grace_is_theft_and_ends_the_session(grant: Grant) -> None:
    successor = session_refresh(grant.refresh_token, now=NOON).refresh_token
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(grant.refresh_token, now=NOON + seconds(10.001))
    assert refused.value.code == "refresh_token_reused"
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(successor, now=NOON + seconds(11))
    assert refused.value.code == "refresh_token_revoked"


def test_a_theft_is_told_to_others_until_the_last_access_token_expires(grant: Grant) -> None:
    session_refresh(grant.refresh_token, now=NOON)
    with pytest.raises(RefreshRefused):
        session_refresh(grant.refresh_token, now=NOON + seconds(60))
    (event,) = revocations()
    session = grant.session
    assert event.data == {
        "user_id": str(session.user_id),
        "session_id": str(session.id),
        "expires_at": "2026-11-23T12:11:00Z",
    }
    session.refresh_from_db()
    assert session.ended_by == Session.EndedBy.REUSE


def test_a_token_two_generations_old_is_theft_even_within_the_grace(grant: Grant) -> None:
    second = session_refresh(grant.refresh_token, now=NOON).refresh_token
    session_refresh(second, now=NOON)
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(grant.refresh_token, now=NOON)
    assert refused.value.code == "refresh_token_reused"
    assert len(revocations()) == 1


def test_repeated_use_within_the_grace_does_not_prolong_it(grant: Grant) -> None:
    session_refresh(grant.refresh_token, now=NOON)
    session_refresh(grant.refresh_token, now=NOON + seconds(9))
    with pytest.raises(RefreshRefused):
        session_refresh(grant.refresh_token, now=NOON + seconds(18))


def test_whoever_knows_the_session_s_id_cannot_end_it(grant: Grant) -> None:
    session_refresh(grant.refresh_token, now=NOON)
    for generation in (0, 1, 2):
        forged = str(RefreshToken(grant.session.id, generation, b"\0" * 32))
        with pytest.raises(RefreshRefused) as refused:
            session_refresh(forged, now=NOON)
        assert refused.value.code == "refresh_token_invalid"
        with pytest.raises(RefreshRefused):
            session_logout(forged, now=NOON)
    assert revocations() == []


def test_a_session_lives_a_month_after_its_last_use(grant: Grant) -> None:
    later = session_refresh(grant.refresh_token, now=NOON + timedelta(days=29)).refresh_token
    session_refresh(later, now=NOON + timedelta(days=58))
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(later, now=NOON + timedelta(days=88, seconds=1))
    assert refused.value.code == "refresh_token_expired"


def test_a_suspended_user_gets_nothing(grant: Grant, user: User) -> None:
    User.objects.filter(id=user.id).update(is_active=False)
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(grant.refresh_token, now=NOON)
    assert refused.value.code == "refresh_token_revoked"


def test_an_old_token_logs_out_as_well(grant: Grant) -> None:
    second = session_refresh(grant.refresh_token, now=NOON).refresh_token
    session_refresh(second, now=NOON)
    session_logout(grant.refresh_token, now=NOON)
    assert len(revocations()) == 1


def test_no_token_is_in_the_database(grant: Grant) -> None:
    token = RefreshToken.parse(grant.refresh_token)
    assert token is not None
    stored = bytes(Session.objects.get().refresh_digest)
    assert stored == token.digest()
    assert stored not in (token.secret, str(token).encode())


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": 1}, {"refresh": None}])
def test_a_malformed_refresh_names_the_field(charlie: Caller, body: object) -> None:
    answer = charlie.post(REFRESH, body)
    assert answer.status == 400
    assert list(answer.body) == ["refresh"]


@pytest.mark.parametrize("token", ["nonsense", "A" * 70, "ä", "A" * 100_000])
def test_some_other_text_is_401(charlie: Caller, token: str) -> None:
    answer = charlie.post(REFRESH, {"refresh": token})
    assert answer.status == 401
    assert answer.body["code"] == "refresh_token_invalid"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_an_exchange_is_a_read_and_one_update(grant: Grant, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    refreshed = session_refresh(grant.refresh_token, now=NOON)  # which looks for the key that signs
    with django_assert_num_queries(2):
        session_refresh(refreshed.refresh_token, now=NOON)


def after_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Once the next refresh has read its session, which it does not lock, something happens to it."""

    def read(session_id: UUID) -> list[Session]:
        monkeypatch.undo()
        found = sessions_with_id(session_id)
        happens()
        return found

    monkeypatch.setattr(refreshing, "sessions_with_id", read)


def test_a_session_that_ends_during_a_refresh_gives_nothing(grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    after_reading(monkeypatch, lambda: session_end(grant.session, by=Session.EndedBy.USER, actor=None, now=NOON))
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(grant.refresh_token, now=NOON)
    assert refused.value.code == "refresh_token_revoked"
    assert Session.objects.get().refresh_generation == 0


def test_a_user_who_is_suspended_during_a_refresh_gets_nothing(
    grant: Grant, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_reading(monkeypatch, lambda: user_suspend(user.id, actor=user.id, now=NOON))
    with pytest.raises(RefreshRefused) as refused:
        session_refresh(grant.refresh_token, now=NOON)
    assert refused.value.code == "refresh_token_revoked"


def test_a_token_that_is_exchanged_during_a_refresh_gives_the_same_successor(
    grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[str] = []
    after_reading(monkeypatch, lambda: others.append(session_refresh(grant.refresh_token, now=NOON).refresh_token))
    assert [session_refresh(grant.refresh_token, now=NOON).refresh_token] == others
    assert Session.objects.get().refresh_generation == 1


def test_parallel_tabs_get_one_successor(at_once: AtOnce) -> None:
    user = User.objects.create_user(email="alice@example.org", username="alice", password=None)
    grant = session_open(user, user_agent="", ip=None, now=timezone.now())

    def refresh() -> str:
        return session_refresh(grant.refresh_token, now=timezone.now()).refresh_token

    successors = at_once([refresh] * 6)
    assert len(set(successors)) == 1
    assert successors[0] != grant.refresh_token
    assert Session.objects.get().refresh_generation == 1
