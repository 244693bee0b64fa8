"""Accounts in RealWorld's dialect: its shapes, and what its day-long token is good for."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from auth_service.revocations.selectors import revocations_list
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, Caller, Mailbox
from auth_service.totp.models import Totp
from auth_service.users.models import User
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from django.utils import timezone

BASE = "/realworld/api"
SIMPLE = "bonjour1"


class Reader:
    """Somebody with a front end of RealWorld's."""

    def __init__(self, username: str) -> None:
        self.username = username
        self.email = f"{username}@example.org"
        self.token = ""

    def call(self, method: str, path: str, **user: Any) -> ApiResponse:
        headers = {"Authorization": f"Token {self.token}"} if self.token else {}
        answer = Caller().call(method, f"{BASE}/{path}", {"user": user} if user else None, **headers)
        if answer.status < 300 and "token" in answer.body["user"]:
            self.token = answer.body["user"]["token"]
        return answer

    def register(self, password: str = PASSWORD) -> ApiResponse:
        return self.call("POST", "users", username=self.username, email=self.email, password=password)

    def log_in(self, password: str = PASSWORD) -> ApiResponse:
        return self.call("POST", "users/login", email=self.email, password=password)

    @property
    def session(self) -> Session:
        return Session.objects.get(id=jwt.decode(self.token, options={"verify_signature": False})["sid"])


@pytest.fixture
def erin(db: None) -> Reader:
    erin = Reader("erin")
    assert erin.register().status == 201
    return erin


def errors(answer: ApiResponse) -> tuple[int, Any]:
    return answer.status, answer.body["errors"]


def test_who_registers_is_logged_in_and_sees_their_account(erin: Reader) -> None:
    shown = {"email": erin.email, "username": "erin", "bio": None, "image": None, "token": erin.token}
    assert erin.call("GET", "user").body == {"user": shown | {"token": erin.token}}
    assert erin.log_in().body["user"].items() >= {"username": "erin", "image": None}.items()


def test_taken_names_are_409_and_blank_fields_422(erin: Reader) -> None:
    again, sent = Reader("frank"), {"username": "frank", "email": "frank@example.org", "password": PASSWORD}
    taken = {"username": ["has already been taken"], "email": ["has already been taken"]}
    assert errors(again.call("POST", "users", **sent | {"username": "erin", "email": erin.email})) == (409, taken)
    for field in sent:
        assert errors(again.call("POST", "users", **sent | {field: ""})) == (422, {field: ["can't be blank"]})
    assert errors(again.call("POST", "users")) == (422, {"user": ["can't be blank"]})
    assert errors(erin.log_in("wrong")) == (401, {"credentials": ["invalid"]})


def test_token_lives_a_day_for_an_audience_of_its_own(erin: Reader) -> None:
    claims = jwt.decode(erin.token, options={"verify_signature": False})
    assert claims["aud"] == "broadsheet/realworld"
    assert claims["scope"] == "account posts"
    assert claims["exp"] - claims["iat"] == pytest.approx(86_400, abs=1)
    assert erin.session.expires_at - erin.session.created_at == timedelta(days=1)


def test_token_opens_nothing_outside_the_dialect_and_no_other_opens_that(erin: Reader, alice: Caller) -> None:
    for path in ("/api/v1/auth/users/me", "/api/v2/me", "/api/v2/sessions"):
        assert Caller().get(path, Authorization=f"Bearer {erin.token}").body["code"] == "token_audience"
    assert Caller().post("/api/v1/auth/jwt/verify", {"token": erin.token}).status == 401
    for scheme, said in (("Token", "is invalid"), ("Bearer", "is malformed")):
        answer = Caller().get(f"{BASE}/user", Authorization=f"{scheme} {alice.access}")
        assert errors(answer) == (401, {"token": [said]})
    assert errors(Caller().get(f"{BASE}/user")) == (401, {"token": ["is missing"]})


def test_another_log_in_of_the_account_ends_it_and_the_news_outlive_the_token(erin: Reader) -> None:
    caller = Caller("erin")
    caller.log_in()
    assert caller.delete(f"/api/v1/auth/sessions/{erin.session.id}").status == 204
    assert errors(erin.call("GET", "user")) == (401, {"token": ["has been revoked"]})
    event = published(DjangoDatabase())[-1]
    assert event.type == "auth.session.revoked.v1"
    assert event.data["expires_at"][:19] == erin.session.expires_at.isoformat()[:19]


def test_revocations_of_a_day_are_told_while_there_are_such_tokens(erin: Reader) -> None:
    caller = Caller("erin")
    caller.log_in()
    caller.delete(f"/api/v1/auth/sessions/{erin.session.id}")
    later = timezone.now() + timedelta(hours=20)
    assert any(str(erin.session.id) in event for event in revocations_list(since=None, now=later))
    erin.session.delete()
    assert revocations_list(since=None, now=later) == []


def test_who_has_a_second_factor_cannot_log_in_there(erin: Reader) -> None:
    Totp.objects.create(
        user=User.objects.get(username="erin"),
        sealed_secret=b"",
        created_at=timezone.now(),
        confirmed_at=timezone.now(),
    )
    status, said = errors(erin.log_in())
    assert (status, list(said)) == (401, ["credentials"])


@pytest.mark.parametrize(("sent", "shown"), [("", None), (None, None), ("Reads a lot", "Reads a lot")])
def test_bio_and_picture_may_be_empty(erin: Reader, sent: str | None, shown: str | None) -> None:
    picture = sent and "https://example.com/erin.jpg"
    erin.call("PUT", "user", bio="Old", image="http://example.com/old.png")
    for answer in (erin.call("PUT", "user", bio=sent, image=picture), erin.call("GET", "user")):
        assert answer.status == 200
        assert (answer.body["user"]["bio"], answer.body["user"]["image"]) == (shown, shown and picture)


def test_picture_elsewhere_is_told_to_others_and_is_no_script(erin: Reader) -> None:
    erin.call("PUT", "user", image="https://example.com/erin.jpg")
    assert published(DjangoDatabase())[-1].data["picture_url"] == "https://example.com/erin.jpg"
    for image in ("javascript:alert(1)", "data:image/png;base64,AAAA", "/erin.jpg", "https://", "https://a b"):
        assert list(errors(erin.call("PUT", "user", image=image))[1]) == ["image"]


def test_name_and_address_change_at_once_with_a_way_back(erin: Reader, mailbox: Mailbox) -> None:
    other = Reader("erin")
    other.log_in()
    answer = erin.call("PUT", "user", username="erina", email="erina@example.org")
    assert answer.body["user"].items() >= {"username": "erina", "email": "erina@example.org"}.items()
    assert jwt.decode(erin.token, options={"verify_signature": False})["username"] == "erina"
    assert erin.session.expires_at - erin.session.created_at == timedelta(days=1)
    assert errors(other.call("GET", "user")) == (401, {"token": ["has been revoked"]})
    (notice,) = [mail for mail in mailbox.receive() if mail["To"] == "erin@example.org"]
    assert "/account/undo/" in str(notice.get_body(("plain",)))
    assert not User.objects.get(username="erina").email_confirmed


def test_all_is_changed_or_nothing(erin: Reader) -> None:
    Reader("frank").register()
    sent = {"bio": "New", "username": "erina", "email": "frank@example.org"}
    assert errors(erin.call("PUT", "user", **sent)) == (409, {"email": ["has already been taken"]})
    assert erin.call("GET", "user").body["user"].items() >= {"username": "erin", "bio": None}.items()


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_name_address_and_password_need_a_young_log_in(erin: Reader, field: str) -> None:
    sent = {"username": "erina", "email": "erina@example.org", "password": f"{PASSWORD}!"}
    for nothing in ("", None):
        assert errors(erin.call("PUT", "user", **{field: nothing})) == (422, {field: ["can't be blank"]})
    long_ago = timezone.now() - timedelta(minutes=11)
    Session.objects.filter(id=erin.session.id).update(created_at=long_ago)
    assert errors(erin.call("PUT", "user", **{field: sent[field]})) == (403, {"token": ["log in again to change this"]})
    assert erin.call("PUT", "user", bio="Old hand").status == 200


def test_passwords_of_its_tests_are_taken_in_development(erin: Reader) -> None:
    assert list(errors(erin.call("PUT", "user", password="short7c"))[1]) == ["password"]
    assert erin.call("PUT", "user", password=SIMPLE).status == 200
    assert erin.log_in(SIMPLE).status == 200
    assert Reader("frank").register("password").status == 201


def test_weak_passwords_are_refused_where_the_setting_is_off(erin: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = settings().model_copy(update={"realworld_passwords": False})
    monkeypatch.setattr("auth_service.users.strength.settings", lambda: strict)
    assert list(errors(erin.call("PUT", "user", password=SIMPLE))[1]) == ["password"]
    assert list(errors(Reader("frank").register("password"))[1]) == ["password"]


def test_account_that_waits_for_its_mail_is_told_so(activation: None, db: None) -> None:
    waiting = {"account": ["waits for the link in its mail to be opened"]}
    assert errors(Reader("frank").register()) == (401, waiting)
    assert errors(Reader("frank").log_in()) == (401, waiting)


def test_another_address_waits_for_its_mail_where_accounts_do(erin: Reader, activation: None) -> None:
    assert erin.call("PUT", "user", email="erina@example.org").body["user"]["email"] == "erin@example.org"
