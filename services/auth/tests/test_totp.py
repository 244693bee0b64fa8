"""A second factor: turned on and off, and asked for at every door."""

from datetime import timedelta
from functools import partial

import pyotp
import pytest
from auth_service.audit.models import AuditEntry
from auth_service.clients.services import service_token_issue
from auth_service.keys.encryption import KeyUnreadable
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, Mailbox
from auth_service.totp.models import RecoveryCode, Totp
from auth_service.totp.secrets import unseal
from auth_service.users.models import User
from chassis.django.testing import ApiResponse
from django.test import Client
from django.utils import timezone

V1, V2, ME = "/api/v1/auth/jwt/create", "/api/v2/sessions", "/api/v2/me"
ELSEWHERE = "203.0.113.9"


class Phone:
    """An authenticator app, and a clock that stands until it is moved on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        self.secret = ""
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def code(self, seconds: int = 0) -> str:
        """The code of the present step, or of one so many seconds away."""
        return pyotp.TOTP(self.secret).at(self.now + timedelta(seconds=seconds))

    def wait(self, seconds: int = 90) -> None:
        self.now += timedelta(seconds=seconds)

    def enrol(self, caller: Caller) -> list[str]:
        """Turn it on; gives the recovery codes."""
        self.secret = caller.post(f"{ME}/totp", {}).body["secret"]
        codes: list[str] = caller.post(f"{ME}/totp/confirm", {"code": self.code()}).body["recovery_codes"]
        self.wait()
        return codes


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


def log_in(code: str | None = None, path: str = V2, address: str = "127.0.0.1") -> ApiResponse:
    sent = {"login": "alice", "password": PASSWORD} | ({"totp": code} if code is not None else {})
    return Caller().post(path, sent, X_Forwarded_For=address)


def told(answer: ApiResponse) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def test_it_asks_for_nothing_until_a_code_was_shown(alice: Caller, phone: Phone) -> None:
    answer = alice.post(f"{ME}/totp", {})
    assert answer.status == 201
    phone.secret = answer.body["secret"]
    assert answer.body["uri"] == f"otpauth://totp/Broadsheet:alice?secret={phone.secret}&issuer=Broadsheet"
    assert alice.get(ME).body["totp"] is False
    assert log_in().status == 201
    answer = alice.post(f"{ME}/totp/confirm", {"code": phone.code()})
    assert (answer.status, len(set(answer.body["recovery_codes"]))) == (200, 10)
    assert alice.get(ME).body["totp"] is True
    assert told(log_in()) == (401, "totp_required")


@pytest.mark.parametrize("path", [V1, V2])
def test_every_log_in_asks_for_a_code(alice: Caller, phone: Phone, path: str) -> None:
    phone.enrol(alice)
    assert told(log_in(path=path)) == (401, "totp_required")
    assert told(log_in("000000", path=path)) == (401, "totp_invalid")
    assert log_in(phone.code(), path=path).status in {200, 201}
    wrong = {"login": "alice", "password": "not hers at all", "totp": phone.code()}
    assert told(Caller().post(path, wrong)) == (401, "invalid_credentials")


def test_the_step_before_and_after_count_and_no_others(alice: Caller, phone: Phone) -> None:
    phone.enrol(alice)
    for seconds, status in ((-60, 401), (60, 401), (-30, 201), (0, 201), (30, 201)):
        assert log_in(phone.code(seconds)).status == status, seconds


def test_a_code_is_taken_once_and_none_before_it_afterwards(alice: Caller, phone: Phone) -> None:
    phone.enrol(alice)
    assert log_in(phone.code()).status == 201
    assert told(log_in(phone.code())) == (401, "totp_invalid")
    assert told(log_in(phone.code(-30))) == (401, "totp_invalid")
    phone.wait(30)
    assert log_in(phone.code()).status == 201


def test_the_code_that_turned_it_on_is_no_log_in(alice: Caller, phone: Phone) -> None:
    phone.secret = alice.post(f"{ME}/totp", {}).body["secret"]
    alice.post(f"{ME}/totp/confirm", {"code": phone.code()})
    assert told(log_in(phone.code())) == (401, "totp_invalid")


def test_of_many_who_show_a_code_at_once_one_is_let_in(at_once: AtOnce, phone: Phone) -> None:
    alice = Caller("alice")
    alice.register()
    alice.log_in()
    phone.enrol(alice)
    answers = at_once([partial(log_in, phone.code())] * 4)
    assert sorted(answer.status for answer in answers) == [201, 401, 401, 401]


def test_a_recovery_code_stands_in_once_however_it_is_spelt(alice: Caller, phone: Phone) -> None:
    first, second, *_ = phone.enrol(alice)
    assert log_in(first).status == 201
    assert told(log_in(first)) == (401, "totp_invalid")
    assert log_in(second.upper().replace("-", " ")).status == 201
    assert RecoveryCode.objects.count() == 8


def test_other_recovery_codes_make_those_before_void(alice: Caller, phone: Phone) -> None:
    before = phone.enrol(alice)
    answer = alice.post(f"{ME}/recovery-codes", {"password": PASSWORD})
    assert (answer.status, len(answer.body["recovery_codes"])) == (200, 10)
    assert told(log_in(before[0])) == (401, "totp_invalid")
    assert log_in(answer.body["recovery_codes"][0]).status == 201


def test_it_is_turned_off_its_owner_is_told_and_it_asks_no_more(alice: Caller, phone: Phone, mailbox: Mailbox) -> None:
    phone.enrol(alice)
    assert alice.call("DELETE", f"{ME}/totp", {"password": PASSWORD}).status == 204
    assert [mail["Subject"] for mail in mailbox.receive()] == ["Your second factor was turned off"]
    assert alice.get(ME).body["totp"] is False
    assert not RecoveryCode.objects.exists()
    assert log_in().status == 201
    actions = list(AuditEntry.objects.filter(action__startswith="totp").order_by("id").values_list("action", flat=True))
    assert actions == ["totp.on", "totp.off"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/totp"), ("DELETE", "/totp"), ("POST", "/recovery-codes")])
def test_each_change_is_a_dangerous_step(alice: Caller, phone: Phone, method: str, path: str) -> None:
    if path != "/totp" or method == "DELETE":
        phone.enrol(alice)
    Session.objects.update(created_at=phone.now - timedelta(minutes=11))
    assert told(alice.call(method, f"{ME}{path}", {})) == (403, "step_up_required")
    assert alice.call(method, f"{ME}{path}", {"password": "wrong"}).status == 422
    assert alice.call(method, f"{ME}{path}", {"password": PASSWORD}).status < 300
    assert Caller().call(method, f"{ME}{path}", {}).status == 401


def test_what_cannot_be_done_now_says_why(alice: Caller, phone: Phone) -> None:
    assert told(alice.post(f"{ME}/totp/confirm", {"code": "123456"})) == (409, "totp_not_begun")
    assert told(alice.call("DELETE", f"{ME}/totp", {})) == (409, "totp_inactive")
    assert told(alice.post(f"{ME}/recovery-codes", {})) == (409, "totp_inactive")
    alice.post(f"{ME}/totp", {})
    for wrong in ("000000", "x", "\N{ARABIC-INDIC DIGIT ONE}" * 6):
        assert told(alice.post(f"{ME}/totp/confirm", {"code": wrong})) == (422, "totp_invalid")
    phone.enrol(alice)
    assert told(alice.post(f"{ME}/totp", {})) == (409, "totp_active")
    assert told(alice.post(f"{ME}/totp/confirm", {"code": phone.code()})) == (409, "totp_active")


def test_guessing_is_held_back_and_not_for_who_is_at_a_known_address(alice: Caller, phone: Phone) -> None:
    phone.enrol(alice)
    statuses = [log_in(f"{number:06}", address=ELSEWHERE).status for number in range(11)]
    assert statuses == [401] * 10 + [429]
    assert log_in(phone.code(), address=ELSEWHERE).status == 429
    assert log_in(phone.code()).status == 201


def test_another_password_by_mail_does_not_turn_it_off(alice: Caller, phone: Phone, mailbox: Mailbox) -> None:
    phone.enrol(alice)
    alice.post("/api/v1/auth/users/reset_password", {"email": alice.email})
    link = mailbox.link()
    body = {"uid": link.uid, "token": link.token, "new_password": PASSWORD}
    assert alice.post("/api/v1/auth/users/reset_password_confirm", body).status == 204
    assert told(log_in()) == (401, "totp_required")


def test_the_admins_page_asks_for_it(alice: Caller, phone: Phone) -> None:
    phone.enrol(alice)
    User.objects.update(is_staff=True)

    def status(**code: str) -> int:
        return Client().post("/admin/login/", {"username": "alice", "password": PASSWORD} | code).status_code

    assert b'name="code"' in Client().get("/admin/login/").content
    assert (status(), status(code="000000"), status(code=phone.code())) == (200, 200, 302)


def test_blogs_admin_asks_for_it(alice: Caller, phone: Phone) -> None:
    phone.enrol(alice)
    blog = Caller()
    blog.access = service_token_issue("blog", "auth", now=phone.now - timedelta(seconds=90)).text
    body = {"login": "alice", "password": PASSWORD}
    assert told(blog.post("/internal/credentials", body)) == (401, "totp_required")
    assert blog.post("/internal/credentials", body | {"totp": phone.code()}).status == 200


def test_nothing_of_it_is_kept_in_the_clear(alice: Caller, bob: Caller, phone: Phone) -> None:
    codes = phone.enrol(alice)
    kept = [*Totp.objects.values_list(), *RecoveryCode.objects.values_list()]
    assert not any(secret in str(kept) for secret in (phone.secret, *codes))
    sealed = bytes(Totp.objects.get().sealed_secret)
    assert alice.id
    assert bob.id
    assert unseal(sealed, alice.id) == phone.secret
    with pytest.raises(KeyUnreadable):
        unseal(sealed, bob.id)


def test_the_brake_is_a_setting() -> None:
    assert settings().wrong_codes_per_account == 10
