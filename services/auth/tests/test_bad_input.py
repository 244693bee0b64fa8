"""Bad input: one clear answer each, none of them ours to blame, nothing changed and no mail lost."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from auth_service.mailed_tokens.models import MailedToken
from auth_service.mails.listing import text_of
from auth_service.mails.models import Mail
from auth_service.mails.sending import mails_send
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Link, Mailbox
from auth_service.users.hashers import Argon2id
from auth_service.users.models import User
from chassis.django.testing import ApiResponse
from django.test import Client
from django.utils import timezone

USERS, V1, V2 = "/api/v1/auth/users", "/api/v1/auth/jwt", "/api/v2/sessions"
NEW = "another long pass phrase"
LONG = "x" * 10_000

ODD_ADDRESSES = {
    "with a combining accent": "zoe\u0301@example.org",
    "composed": "zo\u00e9@example.org",
    "in full width": "\uff5a\uff4f\uff45@example.org",
    "at in full width": "zoe\uff20example.org",
    "a space of no width": "zo\u200be@example.org",
    "right to left": "\u202ezoe@example.org",
    "in Greek": "\u03b6\u03bf\u03b5@example.org",
    "a domain in Unicode": "zoe@b\u00fccher.example",
    "a domain like another": "zoe@ex\u0430mple.org",
    "a domain that is none": "zoe@\u2603\u2603.\u2603",
    "an emoji": "\U0001f600@example.org",
    "two lines": "zoe@example.org\nBcc: bob@example.org",
    "quoted": '"zoe smith"@example.org',
    "two ats": "zoe@example.org@example.com",
    "an end of its own": "zoe@example.org.",
    "a literal": "zoe@[127.0.0.1]",
    "very long": f"{'z' * 64}@{'d' * 63}.{'d' * 63}.{'d' * 63}.org",
    "nothing": "",
    "half a character": "zoe\udc00@example.org",
}


@pytest.mark.parametrize("address", ODD_ADDRESSES.values(), ids=ODD_ADDRESSES)
def test_an_odd_address_opens_an_account_or_is_refused_by_name(charlie: Caller, mailbox: Mailbox, address: str) -> None:
    answer = charlie.post(USERS, {"email": address, "username": "zoe", "password": PASSWORD})
    if answer.status == 201:
        assert charlie.post(f"{V1}/create", {"login": address, "password": PASSWORD}).status == 200
        assert charlie.post(USERS, {"email": address, "username": "zoe.two", "password": PASSWORD}).status == 400
        assert User.objects.count() == 1
    else:
        assert answer.status == 400
        assert list(answer.body) in (["email"], ["detail", "code"]), "the field, or the body that is no text"
        assert not User.objects.exists()
        assert charlie.post(f"{V1}/create", {"login": address, "password": PASSWORD}).status in {400, 401}
    for path in ("reset_password", "resend_activation", "reset_username"):
        assert charlie.post(f"{USERS}/{path}", {"email": address}).status in {204, 400}
    assert all(message["Bcc"] is None for message in mailbox.receive())


def test_one_address_in_two_forms_is_one_account(charlie: Caller) -> None:
    body = {"email": ODD_ADDRESSES["with a combining accent"], "username": "zoe", "password": PASSWORD}
    assert charlie.post(USERS, body).status == charlie.post(USERS, body | {"username": "other"}).status
    composed = body | {"email": ODD_ADDRESSES["composed"], "username": "third"}
    assert charlie.post(USERS, composed).status == 400
    assert User.objects.count() <= 1


class Step(NamedTuple):
    """A request that is too long in one field."""

    path: str
    status: int
    body: dict[str, str]
    method: str = "POST"


def _long(path: str, status: int, **body: str) -> Any:
    return pytest.param(Step(path, status, body), id=f"{path} {'+'.join(name for name in body if body[name] == LONG)}")


@pytest.mark.parametrize(
    "step",
    [
        _long(USERS, 400, email="zoe@example.org", username="zoe", password=LONG),
        _long(f"{V1}/create", 400, login="alice", password=LONG),
        _long(V2, 422, login="alice", password=LONG),
        _long(f"{USERS}/set_password", 400, current_password=LONG, new_password=NEW),
        _long(f"{USERS}/set_password", 400, current_password=PASSWORD, new_password=LONG),
        _long(f"{USERS}/set_email", 400, current_password=LONG, new_email="zoe@example.org"),
        _long(f"{USERS}/set_username", 400, current_password=LONG, new_username="zoe"),
        pytest.param(Step(f"{USERS}/me", 400, {"current_password": LONG}, "DELETE"), id="deletion"),
        _long(f"{USERS}/reset_password_confirm", 400, uid="x", token="x", new_password=LONG),
        _long("/api/v2/me/totp", 422, password=LONG),
        _long("/api/v2/me/deletion", 422, password=LONG),
        _long("/api/v2/me/totp/confirm", 422, code=LONG),
        _long(f"{V1}/refresh", 401, refresh=LONG),
        _long(f"{V1}/verify", 401, token=LONG),
    ],
)
def test_ten_thousand_characters_are_refused_before_they_cost_a_hash(
    alice: Caller, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    hashed: list[str] = []
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2id, name, lambda _self, password, _other: hashed.append(password))
    before = User.objects.values().get()
    answer = alice.call(step.method, step.path, step.body)
    assert (answer.status, hashed) == (step.status, [])
    assert LONG not in str(answer.body)
    assert User.objects.values().get() == before
    assert Session.objects.filter(ended_at=None).count() == 1


def test_ten_thousand_characters_open_no_admin(alice: Caller) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    page = Client().post("/admin/login/", {"username": "alice", "password": LONG})
    assert (page.status_code, "_auth_user_id" in page.wsgi_request.session) == (200, False)


class Flow(NamedTuple):
    """Something that a mailed link is good for."""

    ask: Callable[[Caller], object]
    path: str
    fields: dict[str, str]


def _wait_again(caller: Caller) -> None:
    User.objects.filter(username=caller.username).update(activated=False)
    caller.post(f"{USERS}/resend_activation", {"email": caller.email})


FLOWS = {
    "activation": Flow(_wait_again, "activation", {}),
    "reset_password": Flow(
        lambda caller: caller.post(f"{USERS}/reset_password", {"email": caller.email}),
        "reset_password_confirm",
        {"new_password": NEW},
    ),
    "reset_username": Flow(
        lambda caller: caller.post(f"{USERS}/reset_username", {"email": caller.email}),
        "reset_username_confirm",
        {"new_username": "another.name"},
    ),
    "set_email": Flow(
        lambda caller: caller.post(
            f"{USERS}/set_email", {"new_email": f"{caller.username}@example.com", "current_password": PASSWORD}
        ),
        "set_email_confirm",
        {},
    ),
}


def linked(flow: Flow, caller: Caller, mailbox: Mailbox) -> Link:
    """The link that the caller asks for, whatever other mail comes with it."""
    flow.ask(caller)
    lines = [line.strip() for message in mailbox.receive() for line in text_of(message).splitlines()]
    (url,) = [line for line in lines if line.startswith("http") and "/undo/" not in line]
    return Link(*urlsplit(url).path.rsplit("/", 2))


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_a_link_that_is_reused_expired_foreign_or_none_is_one_clear_answer(
    alice: Caller, bob: Caller, mailbox: Mailbox, flow: Flow
) -> None:
    link = linked(flow, alice, mailbox)
    hers, his = {"uid": link.uid, "token": link.token}, {"uid": str(bob.id), "token": link.token}

    def confirm(**changes: object) -> ApiResponse:
        return Caller().post(f"{USERS}/{flow.path}", hers | flow.fields | changes)

    before = list(User.objects.order_by("id").values())
    assert confirm(**his).status in {400, 403}, "who is activated already is told so"
    wrong: list[dict[str, object]] = [{"token": "x" * 43}, {"token": ""}, {"token": "\udc00"}, {"token": LONG}]
    wrong += [{"uid": "x"}, {"uid": ""}, {"uid": "0" * 32}, {"uid": LONG}, {"token": None}, {"uid": ["x"]}]
    for change in wrong:
        assert confirm(**change).status == 400, change
    MailedToken.objects.update(expires_at=timezone.now())
    assert (confirm().status, list(confirm().body)) == (400, ["token"])
    MailedToken.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert list(User.objects.order_by("id").values()) == before
    assert confirm().status == 204
    changed = list(User.objects.order_by("id").values())
    assert confirm().status == 403
    assert list(User.objects.order_by("id").values()) == changed


def test_of_many_who_activate_at_once_one_does(at_once: AtOnce, mailbox: Mailbox) -> None:
    alice = Caller("alice")
    alice.register()
    link = linked(FLOWS["activation"], alice, mailbox)
    body = {"uid": link.uid, "token": link.token}
    answers = at_once([partial(Caller().post, f"{USERS}/activation", body)] * 6)
    assert sorted(answer.status for answer in answers) == [204] + [403] * 5


def test_tokens_of_a_deleted_user_are_refused(alice: Caller) -> None:
    User.objects.all().delete()
    assert alice.get("/api/v1/auth/users/me").body["code"] in {"token_revoked", "token_invalid"}
    answers = {
        "refresh": alice.post(f"{V1}/refresh", {"refresh": alice.refresh}),
        "verify": alice.post(f"{V1}/verify", {"token": alice.access}),
        "v2 refresh": alice.post(f"{V2}/refresh", {"refresh_token": alice.refresh}),
    }
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert alice.post("/api/v1/auth/logout", {"refresh": alice.refresh}).status == 204
    assert not Session.objects.exists()


def test_fifty_refreshes_with_one_token_get_one_successor(at_once: AtOnce) -> None:
    alice = Caller("alice")
    alice.register()
    alice.log_in()
    answers = at_once([partial(Caller().post, f"{V1}/refresh", {"refresh": alice.refresh})] * 50)
    assert {answer.status for answer in answers} <= {200, 503}
    pairs = [answer.body for answer in answers if answer.status == 200]
    assert len({pair["refresh"] for pair in pairs}) == 1
    session = Session.objects.get()
    assert (session.refresh_generation, session.ended_at) == (1, None)
    assert Caller().post(f"{V1}/refresh", {"refresh": pairs[0]["refresh"]}).status == 200


@pytest.fixture
def silent_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail server that takes the connection and says nothing."""
    monkeypatch.setattr("auth_service.mails.transports.smtp._TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        slow = settings().model_copy(update={"mail_url": url})
        monkeypatch.setattr("auth_service.mails.sending.settings", lambda: slow)
        yield


def test_a_mail_server_that_says_nothing_loses_no_mail(
    alice: Caller, silent_server: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert alice.post(f"{USERS}/set_password", {"current_password": PASSWORD, "new_password": NEW}).status == 204
    mails_send()
    assert Mail.objects.get().state == Mail.State.WAITING
    monkeypatch.undo()
    Mail.objects.update(due_at=timezone.now())
    assert [message["Subject"] for message in mailbox.receive()] == ["Your password was changed"]
