"""What other services learn of tokens that ended, when they ask for it."""

from datetime import UTC, datetime, timedelta

import pytest
from auth_service.clients.services import service_token_issue
from auth_service.moderation.services import user_roles_change, user_suspend
from auth_service.sessions.models import Session
from auth_service.sessions.services import session_open, sessions_end
from auth_service.settings import settings
from auth_service.testing import Caller
from auth_service.users.models import Role, User
from chassis.django.authentication import verifier
from chassis.events import envelope
from chassis.revocations import RevokedTokens
from chassis.tokens import TokenRefused
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

PATH = "/internal/revocations"


def token() -> dict[str, str]:
    """What the gateway shows."""
    return {"Authorization": f"Bearer {service_token_issue('gateway', 'auth', now=timezone.now()).text}"}


def heard(asker: Caller) -> RevokedTokens:
    """What a process that starts now knows."""
    revoked = RevokedTokens()
    for text in asker.get(PATH, **token()).body["events"]:
        revoked.apply(envelope.decode(text.encode()))
    return revoked


def refused(revoked: RevokedTokens, access: str) -> bool:
    try:
        revoked.require_live(verifier().verify(access))
    except TokenRefused:
        return True
    return False


def test_logout_is_in_the_snapshot(alice: Caller, bob: Caller, charlie: Caller) -> None:
    for person in (alice, bob):
        person.log_in()
    alice.post("/api/v1/auth/logout", {"refresh": alice.refresh})
    revoked = heard(charlie)
    assert refused(revoked, alice.access)
    assert not refused(revoked, bob.access)


def test_suspension_ends_every_token_and_a_log_in_after_it_lives(alice: Caller, bob: Caller, charlie: Caller) -> None:
    alice.log_in()
    assert alice.id
    assert bob.id
    user_suspend(alice.id, actor=bob.id, now=timezone.now())
    old = alice.access
    User.objects.filter(id=alice.id).update(is_active=True)
    alice.access = ""
    alice.log_in()
    revoked = heard(charlie)
    assert refused(revoked, old)
    assert not refused(revoked, alice.access)


def test_session_that_was_opened_while_all_were_being_ended_is_over_for_verifiers_too(
    alice: Caller, charlie: Caller
) -> None:
    """The moment was taken before the account's lock, and a log-in came between."""
    assert alice.id
    moment = timezone.now()
    alice.log_in()
    sessions_end(alice.id, by=Session.EndedBy.STAFF, actor=alice.id, now=moment)
    assert refused(heard(charlie), alice.access)


def test_lost_role_ends_the_token_and_not_the_one_that_a_refresh_gives(
    alice: Caller, bob: Caller, charlie: Caller
) -> None:
    assert alice.id
    assert bob.id
    user_roles_change(alice.id, [Role.AUTHOR, Role.EDITOR], actor=bob.id)
    alice.log_in()
    user_roles_change(alice.id, [Role.AUTHOR], actor=bob.id)
    old = alice.access
    fresh = charlie.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh}).body["access"]
    revoked = heard(charlie)
    assert refused(revoked, old)
    assert not refused(revoked, fresh)


def test_only_what_is_newer_is_told_to_who_asked_before(alice: Caller, charlie: Caller) -> None:
    alice.log_in()
    alice.post("/api/v1/auth/logout", {"refresh": alice.refresh})
    first = charlie.get(PATH, **token()).body
    assert len(first["events"]) == 1
    later = datetime.fromisoformat(first["next"]) + timedelta(minutes=2)
    assert charlie.get(f"{PATH}?since={later:%FT%TZ}", **token()).body["events"] == []


def test_what_is_asked_for_overlaps_with_what_was_told(alice: Caller, charlie: Caller) -> None:
    """An event is dated before its transaction commits."""
    alice.log_in()
    alice.post("/api/v1/auth/logout", {"refresh": alice.refresh})
    moment = datetime.now(UTC) + timedelta(seconds=30)
    assert len(charlie.get(f"{PATH}?since={moment:%FT%TZ}", **token()).body["events"]) == 1


def test_what_no_living_token_minds_is_left_out(alice: Caller, charlie: Caller) -> None:
    alice.log_in()
    alice.post("/api/v1/auth/logout", {"refresh": alice.refresh})
    long_ago = timezone.now() - settings().access_token_life - timedelta(minutes=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_event SET created_at = %s", [long_ago.isoformat()])
    assert charlie.get(PATH, **token()).body["events"] == []


def test_queries_are_the_same_however_many_there_are(
    alice: Caller, charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = User.objects.get(username="alice")
    for _ in range(20):
        grant = session_open(user, user_agent="", ip=None, now=timezone.now())
        charlie.post("/api/v1/auth/logout", {"refresh": grant.refresh_token})
    headers = token()
    with django_assert_num_queries(5):  # the keys that check who asks, how long tokens live, and the end of the outbox
        assert len(charlie.get(PATH, **headers).body["events"]) == 20


@pytest.mark.parametrize("since", ["yesterday", "2026-11-23T10:00:00", "'"])
def test_moment_that_is_none_is_400(charlie: Caller, since: str) -> None:
    answer = charlie.get(f"{PATH}?since={since}", **token())
    assert (answer.status, answer.body["code"]) == (400, "since_invalid")


@pytest.mark.parametrize("header", [{}, {"X_Service_Token": "guess"}])
def test_only_services_may_ask(charlie: Caller, header: dict[str, str]) -> None:
    answer = charlie.get(PATH, **header)
    assert (answer.status, answer.body["code"]) == (401, "service_token_invalid")
