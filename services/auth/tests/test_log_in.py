"""Logging in, and whether a token is good, and logging out."""

import pytest
from auth_service.sessions.models import Session
from auth_service.testing import PASSWORD, Caller
from auth_service.users.hashers import Argon2id
from auth_service.users.models import User
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from chassis import statsd

CREATE, VERIFY, LOGOUT = (f"/api/v1/auth/{name}" for name in ("jwt/create", "jwt/verify", "logout"))


@pytest.mark.parametrize("field", ["login", "email", "username"])
@pytest.mark.parametrize("login", ["alice", "ALICE", "alice@example.org", "Alice@Example.ORG"])
def test_any_field_may_hold_an_email_or_a_username(alice: Caller, charlie: Caller, field: str, login: str) -> None:
    answer = charlie.post(CREATE, {field: login, "password": PASSWORD})
    assert answer.status == 200
    assert set(answer.body) == {"access", "refresh"}
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_log_in_is_counted_and_a_refused_one_is_not(
    alice: Caller,
    charlie: Caller,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(statsd, "incr", counted.append)
    with django_capture_on_commit_callbacks(execute=True):
        charlie.post(CREATE, {"login": "alice", "password": PASSWORD})
        charlie.post(CREATE, {"login": "alice", "password": "not hers at all"})
    assert counted == ["session.opened"]


def test_log_in_from_a_known_device_takes_eighteen_queries(
    alice: Caller, charlie: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    body = {"login": "alice", "password": PASSWORD}
    charlie.post(CREATE, body)  # statements are made once, and the device is known
    # account, devices; the attempt is counted (5) and, as it was right, taken back (4); second factor; session (6)
    with django_assert_num_queries(18):
        assert charlie.post(CREATE, body).status == 200


def test_wrong_password_and_unknown_account_look_alike(alice: Caller, bob: Caller) -> None:
    User.objects.filter(username="bob").update(is_active=False)
    answers = [
        bob.post(CREATE, {"login": "alice", "password": "not hers at all"}),
        bob.post(CREATE, {"login": "nobody", "password": PASSWORD}),
        bob.post(CREATE, {"login": "bob", "password": "not his at all"}),
    ]
    for answer in answers:
        assert answer.status == 401
        assert answer.body == {
            "detail": "No active account has this login and password.",
            "code": "invalid_credentials",
        }
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_credentials"'


def test_a_suspension_is_told_to_who_knows_the_password(bob: Caller) -> None:
    User.objects.update(is_active=False)
    answer = bob.post(CREATE, {"login": "bob", "password": PASSWORD})
    assert (answer.status, answer.body["code"]) == (401, "account_suspended")


@pytest.mark.parametrize("login", ["alice", "nobody"])
def test_a_hash_is_computed_whether_or_not_the_account_exists(
    alice: Caller, charlie: Caller, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []

    class Counted(Argon2id):
        def encode(self, password: str, salt: str) -> str:
            computed.append("encode")
            return super().encode(password, salt)

        def verify(self, password: str, encoded: str) -> bool:
            computed.append("verify")
            return super().verify(password, encoded)

    monkeypatch.setattr("django.contrib.auth.hashers.get_hashers", lambda: [Counted()])
    monkeypatch.setattr("django.contrib.auth.hashers.get_hasher", lambda _algorithm="default": Counted())
    charlie.post(CREATE, {"login": login, "password": "not hers at all"})
    assert len(computed) == 1


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"password": PASSWORD}, "login"),
        ({"login": "alice"}, "password"),
        ({"login": "", "password": PASSWORD}, "login"),
        ({"login": {"$ne": ""}, "password": PASSWORD}, "login"),
        ({"login": "alice", "password": True}, "password"),
        ({"login": "alice", "password": "x" * 1025}, "password"),
    ],
)
def test_a_malformed_log_in_names_the_field(alice: Caller, charlie: Caller, body: object, wrong: str) -> None:
    answer = charlie.post(CREATE, body)
    assert answer.status == 400
    assert list(answer.body) == [wrong]


def test_a_password_may_begin_and_end_with_blanks(charlie: Caller) -> None:
    body = {"email": "c@example.org", "username": "charlie", "password": "  correct horse  "}
    assert charlie.post("/api/v1/auth/users", body).status == 201
    assert charlie.post(CREATE, {"login": "charlie", "password": "correct horse"}).status == 401
    assert charlie.post(CREATE, {"login": "charlie", "password": "  correct horse  "}).status == 200


def test_an_expired_token_beside_the_password_is_not_looked_at(alice: Caller) -> None:
    alice.access = "not.a.token"
    assert alice.post(CREATE, {"login": "alice", "password": PASSWORD}).status == 200


def test_a_session_remembers_the_device(alice: Caller, charlie: Caller) -> None:
    body = {"login": "alice", "password": PASSWORD}
    charlie.post(CREATE, body, X_Forwarded_For="203.0.113.7", User_Agent="Lynx/2.9" + "x" * 300)
    session = Session.objects.first()
    assert session is not None
    assert session.ip == "203.0.113.7"
    assert session.user_agent.startswith("Lynx/2.9")
    assert len(session.user_agent) == 255


@pytest.mark.parametrize(
    ("peer", "said", "stored"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "' OR 1=1", "127.0.0.1"),
        ("198.51.100.9", "203.0.113.7", "198.51.100.9"),
        ("198.51.100.9", "127.0.0.1", "198.51.100.9"),
        ("", "203.0.113.7", None),
    ],
)
def test_the_gateway_alone_is_believed_about_the_address(
    alice: Caller, charlie: Caller, peer: str, said: str, stored: str | None
) -> None:
    charlie.peer = peer
    charlie.post(CREATE, {"login": "alice", "password": PASSWORD}, X_Forwarded_For=said)
    session = Session.objects.first()
    assert session is not None
    assert session.ip == stored


def test_verify_tells_a_good_token_from_a_bad_one(alice: Caller) -> None:
    assert alice.post(VERIFY, {"token": alice.access}).body == {}
    for token in (alice.refresh, alice.access + "=", alice.access[:-2] + "AA", "x", f" {alice.access}"):
        answer = alice.post(VERIFY, {"token": token})
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer error=")


def test_after_a_log_out_neither_token_is_good(alice: Caller) -> None:
    assert alice.post(LOGOUT, {"refresh": alice.refresh}).status == 204
    assert alice.post(VERIFY, {"token": alice.access}).body["code"] == "token_revoked"
    assert alice.get("/api/v1/auth/users/me").body["code"] == "token_revoked"
    answer = alice.post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh})
    assert answer.body["code"] == "refresh_token_revoked"


def test_a_log_out_needs_no_access_token_and_works_twice(alice: Caller) -> None:
    alice.access = ""
    assert alice.post(LOGOUT, {"refresh": alice.refresh}).status == 204
    assert alice.post(LOGOUT, {"refresh": alice.refresh}).status == 204


@pytest.mark.parametrize("token", ["nonsense", "A" * 70, "ä", "A" * 100_000])
def test_a_log_out_with_some_other_text_is_204_as_well(alice: Caller, token: str) -> None:
    assert alice.post(LOGOUT, {"refresh": token}).status == 204
    assert alice.get("/api/v1/auth/users/me").status == 200


def test_a_log_out_without_a_token_is_refused(alice: Caller) -> None:
    assert alice.post(LOGOUT, {}).body == {"refresh": ["This field is required."]}


def test_a_body_is_read_without_a_trace_of_the_one_before(alice: Caller, charlie: Caller) -> None:
    assert charlie.post(CREATE, {"login": "alice", "password": PASSWORD}).status == 200
    assert charlie.post(CREATE, {"password": PASSWORD}).body == {"login": ["This field is required."]}
    assert charlie.post(CREATE, {"login": "alice"}).body == {"password": ["This field is required."]}
