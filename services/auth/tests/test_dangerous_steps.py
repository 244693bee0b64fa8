"""Another password or address in version 2: for who has just proved to be the owner."""

from datetime import timedelta

import pytest
from auth_service.mailed_tokens.models import MailedToken
from auth_service.sessions.models import Session
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.users.models import EmailChange
from django.utils import timezone

NEW = "another long pass phrase"
STEPS = {"/api/v2/me/password": {"new_password": NEW}, "/api/v2/me/email": {"new_email": "alice@example.net"}}
DONE = {"/api/v2/me/password": 204, "/api/v2/me/email": 202}


@pytest.fixture
def later(alice: Caller) -> Caller:
    """Alice, eleven minutes after she logged in, with a token that she has refreshed since."""
    Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    pair = alice.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh}).body
    alice.access, alice.refresh = pair["access"], pair["refresh"]
    return alice


@pytest.mark.parametrize("path", STEPS)
def test_soon_after_a_log_in_it_takes_no_password(alice: Caller, path: str) -> None:
    assert alice.post(path, STEPS[path]).status == DONE[path]


@pytest.mark.parametrize("path", STEPS)
def test_later_it_does_and_a_refresh_is_no_log_in(later: Caller, path: str) -> None:
    answer = later.post(path, STEPS[path])
    assert (answer.status, answer.body["code"]) == (403, "step_up_required")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not EmailChange.objects.exists()
    later.log_in()
    assert later.post(path, STEPS[path]).status == DONE[path]


@pytest.mark.parametrize("field", ["current_password", "password"])
@pytest.mark.parametrize("path", STEPS)
def test_the_password_will_do(later: Caller, path: str, field: str) -> None:
    assert later.post(path, STEPS[path] | {field: PASSWORD}).status == DONE[path]


@pytest.mark.parametrize("path", STEPS)
def test_a_wrong_password_is_refused_whenever_the_log_in_was(alice: Caller, path: str) -> None:
    answer = alice.post(path, STEPS[path] | {"current_password": "wrong"})
    assert answer.status == 422
    assert [error["pointer"] for error in answer.body["errors"]] == ["/current_password"]


@pytest.mark.parametrize("path", STEPS)
@pytest.mark.parametrize("wrong", [{}, {"new_password": 7, "new_email": 7}, {"other": "field"}])
def test_what_is_wrong_with_a_body_is_named(alice: Caller, path: str, wrong: dict[str, object]) -> None:
    answer = alice.post(path, wrong)
    assert (answer.status, answer.body["code"]) == (422, "validation_failed")


@pytest.mark.parametrize("path", STEPS)
def test_a_stranger_is_refused(charlie: Caller, path: str) -> None:
    assert charlie.post(path, STEPS[path]).status == 401


def test_other_sessions_end_with_the_password_and_the_owner_hears_of_it(alice: Caller, mailbox: Mailbox) -> None:
    elsewhere = Caller("alice")
    elsewhere.log_in()
    assert alice.post("/api/v2/me/password", {"new_password": NEW}).status == 204
    assert (alice.get("/api/v2/me").status, elsewhere.get("/api/v2/me").status) == (200, 401)
    assert [message["Subject"] for message in mailbox.receive()] == ["Your password was changed"]


def test_an_address_that_waits_to_be_confirmed_is_shown_until_it_is(alice: Caller, mailbox: Mailbox) -> None:
    def shown() -> dict[str, object]:
        return dict(alice.get("/api/v2/me/email").body)

    before = {"email": alice.email, "email_confirmed": False, "pending_email": None}
    assert shown() == before
    assert alice.post("/api/v2/me/email", {"new_email": "a@example.net"}).body == {"pending_email": "a@example.net"}
    assert shown() == before | {"pending_email": "a@example.net"}
    EmailChange.objects.update(created_at=timezone.now() - timedelta(days=2))
    MailedToken.objects.all().delete()
    assert shown() == before


def test_a_log_in_from_a_new_device_is_told_by_mail(alice: Caller, mailbox: Mailbox) -> None:
    def log_in(ip: str, program: str) -> list[str]:
        body = {"login": "alice", "password": PASSWORD}
        Caller().post("/api/v1/auth/jwt/create", body, X_Forwarded_For=ip, User_Agent=program)
        return [str(message["Subject"]) for message in mailbox.receive()]

    told = ["A log-in from a new device"]
    assert mailbox.receive() == [], "the first log-in is no news"
    assert log_in("203.0.113.7", "Lynx/2.9") == told
    assert log_in("203.0.113.7", "Lynx/3.0.1") == []
    assert log_in("198.51.100.1", "Lynx/3.0.1") == told
    assert log_in("203.0.113.7", "w3m/0.5") == told
    assert log_in("2001:db8::1", "w3m/0.5") == told
    assert log_in("2001:db8::2", "w3m/0.5") == []


def test_a_wrong_password_from_a_new_device_mails_nothing(alice: Caller, mailbox: Mailbox) -> None:
    body = {"login": "alice", "password": "not hers at all"}
    Caller().post("/api/v1/auth/jwt/create", body, User_Agent="Lynx/2.9")
    assert mailbox.receive() == []


def test_the_mail_says_from_where_and_when_and_nothing_that_the_client_wrote(alice: Caller, mailbox: Mailbox) -> None:
    body = {"login": "alice", "password": PASSWORD}
    evil = "see http://evil.example"
    Caller().post("/api/v1/auth/jwt/create", body, X_Forwarded_For="203.0.113.7", User_Agent=evil)
    (message,) = mailbox.receive()
    said = message.as_string()
    assert "203.0.113.7, on 20" in said
    assert "evil" not in said
