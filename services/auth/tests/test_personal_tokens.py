"""Personal access tokens: made, listed, exchanged by the gateway, and deleted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from auth_service.audit.models import AuditEntry
from auth_service.clients.services import service_token_issue
from auth_service.mails.listing import text_of
from auth_service.moderation.services import user_roles_change, user_suspend
from auth_service.passwords.services import password_replace
from auth_service.personal_tokens.models import PersonalToken
from auth_service.personal_tokens.services import KEPT_EXPIRED, personal_tokens_delete_expired
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Mailbox
from auth_service.users.models import Role, User
from chassis.django.authentication import verifier
from chassis.django.idempotency.models import IdempotencyKey
from chassis.django.testing import ApiResponse
from chassis.events.databases.django import DjangoDatabase
from chassis.events.testing import published
from chassis.tokens import Claims, personal
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from uuid_utils.compat import uuid7

OWN, EXCHANGE = "/api/v2/me/tokens", "/internal/personal-tokens"
BODY = {"name": "nightly import", "scopes": ["posts", "account"]}
NEW = "another long pass phrase"
NOBODY = uuid7()


def make(caller: Caller, **body: Any) -> dict[str, Any]:
    answer = caller.post(OWN, BODY | body)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.body
    return made


def ask(text: Any, service: str = "gateway") -> ApiResponse:
    """As the gateway does."""
    token = service_token_issue(service, "auth", now=timezone.now()).text
    return Caller().post(EXCHANGE, {"token": text}, Authorization=f"Bearer {token}")


def exchanged(text: str) -> Claims:
    return verifier().verify(ask(text).body["access_token"])


def refused(text: str) -> str | None:
    code: str | None = ask(text).body.get("refused")
    return code


def using(made: dict[str, Any]) -> Caller:
    """A program that shows the token, behind the gateway."""
    program = Caller()
    program.access = ask(made["token"]).body["access_token"]
    return program


def later(**time: int) -> datetime:
    return timezone.now() + timedelta(**time)


def test_a_token_is_shown_once_and_kept_as_its_digest(alice: Caller) -> None:
    made = make(alice)
    text = made.pop("token")
    assert personal.is_well_formed(text)
    assert made.keys() == {"id", "name", "scopes", "created_at", "expires_at", "last_used_at"}
    assert (made["name"], made["scopes"], made["last_used_at"]) == ("nightly import", ["account", "posts"], None)
    assert alice.get(OWN).body == {"items": [made]}
    assert bytes(PersonalToken.objects.get().digest) == personal.digest(text)
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert life == timedelta(days=366)


def test_a_token_that_is_asked_for_twice_under_a_key_is_made_once_and_told_once(alice: Caller) -> None:
    first, second = (alice.post(OWN, BODY, Idempotency_Key="once") for _ in range(2))
    assert (first.status, second.status, second.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert second.body == first.body | {"token": None}
    assert ask(first.body["token"]).status == 200
    assert PersonalToken.objects.count() == 1
    assert first.body["token"] not in str(IdempotencyKey.objects.get().answer)
    other = alice.post(OWN, BODY | {"scopes": ["media"]}, Idempotency_Key="once")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_password_is_no_part_of_what_is_kept_for_a_key(alice: Caller) -> None:
    Session.objects.update(created_at=later(minutes=-11))
    assert alice.post(OWN, BODY, Idempotency_Key="once").body["code"] == "step_up_required"
    assert not IdempotencyKey.objects.exists()
    first = alice.post(OWN, BODY | {"password": PASSWORD}, Idempotency_Key="once")
    without = alice.post(OWN, BODY, Idempotency_Key="once")
    assert (without.status, without.body) == (201, first.body | {"token": None}), "the same request by its fingerprint"


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    alice: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 50):
        while PersonalToken.objects.count() < count:
            make(alice)
        with django_assert_num_queries(3):  # key, session, tokens
            assert len(alice.get(OWN).body["items"]) == count


def test_it_is_exchanged_for_an_access_token_with_its_scopes_and_the_roles_of_now(alice: Caller) -> None:
    made = make(alice, scopes=["posts"])
    claims = exchanged(made["token"])
    assert (claims.sub, str(claims.sid), claims.personal) == (alice.id, made["id"], True)
    assert claims.scope == {"posts"}
    assert claims.roles == {"author"}
    assert claims.exp - claims.iat == settings().access_token_seconds
    assert alice.id
    user_roles_change(alice.id, [], actor=NOBODY)
    assert exchanged(made["token"]).roles == frozenset()


def test_what_it_is_exchanged_for_ends_when_it_does(alice: Caller) -> None:
    made = make(alice, expires_at=later(seconds=90).isoformat())
    claims = exchanged(made["token"])
    assert 80 < claims.exp - claims.iat <= 90


def test_its_last_use_is_known_to_the_minute(alice: Caller) -> None:
    text = make(alice)["token"]
    exchanged(text)
    first = PersonalToken.objects.get().last_used_at
    assert first
    exchanged(text)
    assert PersonalToken.objects.get().last_used_at == first
    PersonalToken.objects.update(last_used_at=first - timedelta(minutes=2))
    exchanged(text)
    assert alice.get(OWN).body["items"][0]["last_used_at"] >= first.isoformat()[:19]


def test_it_reads_and_changes_the_profile_and_no_more_of_the_account(alice: Caller) -> None:
    program = using(make(alice, scopes=["account"]))
    assert program.get("/api/v2/me").body["username"] == "alice"
    assert program.patch("/api/v1/auth/users/me", {"profile": {"bio": "By a program."}}).status == 200
    for method, path in (
        ("POST", OWN),
        ("GET", OWN),
        ("DELETE", f"{OWN}/{NOBODY}"),
        ("POST", "/api/v2/me/password"),
        ("POST", "/api/v2/me/email"),
        ("POST", "/api/v2/me/totp"),
        ("POST", "/api/v2/me/recovery-codes"),
        ("POST", "/api/v2/me/deletion"),
        ("DELETE", "/api/v1/auth/users/me"),
        ("GET", "/api/v2/sessions"),
        ("DELETE", "/api/v2/sessions/current"),
        ("DELETE", f"/api/v2/sessions/{Session.objects.get().id}"),
    ):
        answer = program.call(method, path, {"password": PASSWORD, "current_password": PASSWORD})
        assert (answer.status, answer.body["code"]) == (403, "session_required"), (method, path)
    assert Session.objects.get().ended_at is None


def test_one_for_something_else_sees_nothing_of_the_account(alice: Caller) -> None:
    answer = using(make(alice, scopes=["posts", "media"])).get("/api/v2/me")
    assert (answer.status, answer.body["code"]) == (403, "scope_missing")


def test_auth_takes_none_that_was_not_exchanged(alice: Caller) -> None:
    alice.access = make(alice, scopes=["account"])["token"]
    for path in ("/api/v2/me", "/api/v1/auth/users/me", OWN):
        answer = alice.get(path)
        assert (answer.status, answer.body["code"]) == (401, "token_malformed")


def test_deleted_it_is_over_at_once_and_others_hear_of_it(alice: Caller) -> None:
    made = make(alice, scopes=["account"])
    program = using(made)
    assert alice.delete(f"{OWN}/{made['id']}").status == 204
    assert alice.get(OWN).body == {"items": []}
    assert refused(made["token"]) == "token_revoked"
    assert program.get("/api/v2/me").body["code"] == "token_revoked"
    event = published(DjangoDatabase())[-1]
    assert (event.type, event.data["token_id"]) == ("auth.personal_token.revoked.v1", made["id"])
    assert datetime.fromisoformat(event.data["expires_at"]) > later(seconds=settings().access_token_seconds - 9)
    again = alice.delete(f"{OWN}/{made['id']}")
    assert (again.status, again.body["code"]) == (404, "not_found")


def test_nobody_deletes_or_sees_that_of_somebody_else(alice: Caller, bob: Caller) -> None:
    made = make(alice)
    assert bob.delete(f"{OWN}/{made['id']}").status == 404
    assert bob.get(OWN).body == {"items": []}
    assert exchanged(made["token"]).sub == alice.id


def test_a_stranger_makes_lists_and_deletes_none(charlie: Caller) -> None:
    answers = (charlie.post(OWN, BODY), charlie.get(OWN), charlie.delete(f"{OWN}/{NOBODY}"))
    assert [answer.status for answer in answers] == [401] * 3


def test_to_make_or_delete_one_takes_a_log_in_of_the_last_minutes_or_the_password(alice: Caller) -> None:
    made = make(alice)
    Session.objects.update(created_at=later(minutes=-11))
    for answer in (alice.post(OWN, BODY), alice.delete(f"{OWN}/{made['id']}")):
        assert (answer.status, answer.body["code"]) == (403, "step_up_required")
    assert [each["id"] for each in alice.get(OWN).body["items"]] == [made["id"]]
    assert alice.post(OWN, BODY | {"password": "wrong"}).status == 422
    assert alice.post(OWN, BODY | {"password": PASSWORD}).status == 201
    assert alice.call("DELETE", f"{OWN}/{made['id']}", {"password": PASSWORD}).status == 204


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["admin"]}, "/scopes/0"),
        ({"scopes": ["posts", "everything"]}, "/scopes/1"),
        ({"scopes": ["posts"] * 1000}, "/scopes"),
        ({"scopes": "posts"}, "/scopes"),
        ({"scopes": None}, "/scopes"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": 7}, "/name"),
        ({"name": "a\u202eb"}, "/name"),
        ({"expires_at": "tomorrow"}, "/expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "9999-12-31T23:59:59Z"}, "/expires_at"),
        ({"roles": ["admin"]}, "/roles"),
    ],
)
def test_what_is_wrong_with_a_body_is_named(alice: Caller, wrong: dict[str, Any], pointer: str) -> None:
    answer = alice.post(OWN, BODY | wrong)
    assert answer.status == 422
    assert pointer in {error["pointer"] for error in answer.body["errors"]}
    assert not PersonalToken.objects.exists()


def test_a_scope_named_twice_is_one(alice: Caller) -> None:
    assert make(alice, scopes=["posts", "posts"])["scopes"] == ["posts"]


def test_an_account_has_fifty_and_those_that_expired_do_not_count(alice: Caller) -> None:
    assert alice.id
    now = timezone.now()
    life = {"created_at": now, "expires_at": now + timedelta(days=1)}
    for number in range(50):
        PersonalToken.objects.create(user_id=alice.id, name="x", scopes=[], digest=bytes([number] * 32), **life)
    answer = alice.post(OWN, BODY)
    assert (answer.status, answer.body["code"]) == (409, "too_many_tokens")
    PersonalToken.objects.filter(digest=bytes(32)).update(expires_at=now)
    assert alice.post(OWN, BODY).status == 201


def test_of_many_at_once_no_more_are_made_than_may_be(
    at_once: AtOnce, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings().model_copy(update={"personal_tokens_per_user": 2})
    monkeypatch.setattr("auth_service.issuance.services.settings", lambda: few)
    answers = at_once([lambda: alice.post(OWN, BODY).status] * 5)
    assert sorted(answers) == [201, 201, 409, 409, 409]


def test_an_expired_one_says_so_until_it_is_forgotten(alice: Caller) -> None:
    text = make(alice)["token"]
    PersonalToken.objects.update(expires_at=later(seconds=-1))
    assert refused(text) == "token_expired"
    assert len(alice.get(OWN).body["items"]) == 1
    assert personal_tokens_delete_expired(now=timezone.now()) == 0
    assert personal_tokens_delete_expired(now=timezone.now() + KEPT_EXPIRED) == 1
    assert refused(text) == "token_revoked"


def _suspend(caller: Caller, _mailbox: Mailbox) -> None:
    assert caller.id
    user_suspend(caller.id, actor=NOBODY, now=timezone.now())


def _password_by_staff(caller: Caller, _mailbox: Mailbox) -> None:
    assert caller.id
    password_replace(caller.id, NEW, actor=NOBODY, now=timezone.now())


def _reset(caller: Caller, mailbox: Mailbox) -> None:
    caller.post("/api/v1/auth/users/reset_password", {"email": caller.email})
    link = mailbox.link()
    body = {"uid": link.uid, "token": link.token, "new_password": NEW}
    assert Caller().post("/api/v1/auth/users/reset_password_confirm", body).status == 204


def _undo_email(caller: Caller, mailbox: Mailbox) -> None:
    ask_for = {"current_password": PASSWORD, "new_email": "alice@example.net"}
    assert caller.post("/api/v1/auth/users/set_email", ask_for).status == 202
    texts = [text_of(message) for message in mailbox.receive()]
    (undo,) = [line for text in texts for line in text.splitlines() if "/account/undo/" in line]
    uid, token = undo.rsplit("/", 2)[1:]
    answer = Caller().post("/api/v1/auth/users/undo_email", {"uid": uid, "token": token})
    assert answer.status == 204


def _deletion(caller: Caller, _mailbox: Mailbox) -> None:
    assert caller.post("/api/v2/me/deletion", {"password": PASSWORD}).status == 202


@pytest.mark.parametrize("step", [_suspend, _password_by_staff, _reset, _undo_email, _deletion])
@pytest.mark.parametrize("logged_in", [True, False])
def test_what_ends_every_session_deletes_every_token(
    alice: Caller, mailbox: Mailbox, step: Callable[[Caller, Mailbox], None], logged_in: bool
) -> None:
    made = [make(alice), make(alice)]
    if not logged_in and step in {_suspend, _password_by_staff, _reset}:
        Session.objects.all().delete()
    step(alice, mailbox)
    User.objects.update(is_active=True)
    assert [refused(each["token"]) for each in made] == ["token_revoked"] * 2
    told = [event.data["token_id"] for event in published(DjangoDatabase()) if "personal_token" in event.type]
    assert sorted(told) == sorted(each["id"] for each in made)


def test_another_password_of_ones_own_leaves_them(alice: Caller) -> None:
    made = make(alice)
    assert alice.post("/api/v2/me/password", {"new_password": NEW}).status == 204
    assert exchanged(made["token"]).sub == alice.id


def test_a_suspended_account_has_none_exchanged(alice: Caller) -> None:
    made = make(alice, scopes=["account"])
    program = using(made)
    User.objects.update(is_active=False)
    assert refused(made["token"]) == "token_revoked"
    assert program.get("/api/v2/me").body["code"] == "token_revoked"


@pytest.mark.parametrize("text", ["", "bsp_", "bsp_x", None, 7, ["bsp_"], "x" * 101, "\x00", personal.personal_token()])
def test_what_is_no_token_is_exchanged_for_nothing(db: None, text: Any) -> None:
    answer = ask(text)
    assert answer.status in {400, 422} or answer.body == {"refused": "token_revoked"}


@pytest.mark.parametrize("service", ["blog", "media"])
def test_no_other_service_may_ask(alice: Caller, service: str) -> None:
    answer = ask(make(alice)["token"], service)
    assert (answer.status, answer.body["code"]) == (403, "caller_not_listed")
    assert Caller().post(EXCHANGE, {"token": "x"}).status == 401


def test_the_audit_log_says_what_was_made_and_deleted_and_no_secret(alice: Caller) -> None:
    made = make(alice)
    alice.delete(f"{OWN}/{made['id']}")
    deleted, created, *_ = alice.get("/api/v2/me/audit").body["items"]
    assert (created["action"], created["detail"]) == (
        "token.created",
        {"token_id": made["id"], "scopes": ["account", "posts"]},
    )
    assert (deleted["action"], deleted["detail"]) == ("token.deleted", {"token_id": made["id"], "by": "user"})
    kept = repr(list(AuditEntry.objects.values())) + repr([event.data for event in published(DjangoDatabase())])
    assert made["token"] not in kept
    assert made["name"] not in kept


def test_staff_see_and_revoke_them(alice: Caller) -> None:
    made = make(alice)
    User.objects.create_superuser(email="dana@example.org", username="dana", password=PASSWORD)
    dana = Client()
    dana.post("/admin/login/", {"username": "dana", "password": PASSWORD})
    page = "/admin/personal_tokens/personaltoken/"
    assert made["name"] in dana.get(f"{page}?q=alice").content.decode()
    shown = dana.get(f"{page}{made['id']}/change/").content.decode()
    assert personal.digest(made["token"]).hex() not in shown
    assert "digest" not in shown
    dana.post(page, {"action": "revoke", "_selected_action": [made["id"]]})
    assert refused(made["token"]) == "token_revoked"
    entry = alice.get("/api/v2/me/audit").body["items"][0]
    assert (entry["action"], entry["detail"]["by"], entry["ip"]) == ("token.deleted", "staff", None)


def test_roles_it_is_given_are_never_more_than_its_owners(alice: Caller) -> None:
    assert alice.id
    text = make(alice)["token"]
    user_roles_change(alice.id, [Role.ADMIN], actor=NOBODY)
    assert exchanged(text).roles == {"admin"}
    user_roles_change(alice.id, [Role.AUTHOR], actor=NOBODY)
    assert exchanged(text).roles == {"author"}
