"""Who has tried too often waits: nobody else does, and nobody for long."""

from datetime import timedelta
from typing import Any

import pytest
from auth_service.brakes.addresses import Client as Network
from auth_service.brakes.models import AttemptCount
from auth_service.brakes.services import TooManyAttempts
from auth_service.clients.services import service_token_issue
from auth_service.settings import settings
from auth_service.testing import PASSWORD, AtOnce, Caller, CheapArgon2id
from auth_service.users import hashers
from auth_service.users.hashers import Argon2id
from auth_service.users.models import User
from auth_service.users.services import user_authenticate
from chassis.client_address import address
from chassis.django.testing import ApiResponse
from chassis.internal_client import CLIENT_ADDRESS_HEADER
from chassis.problems import Problem
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

V1, V2, USERS = "/api/v1/auth/jwt/create", "/api/v2/sessions", "/api/v1/auth/users"
HERS, ELSEWHERE = "198.51.100.1", "203.0.113.9"
ACCOUNT, ADDRESS = 4, 10
"""Wrong passwords that are looked at here: fewer than in life, so that a test of what comes then is a short one."""
LIMITS = ("wrong_passwords_per_account", "wrong_passwords_per_address", "registrations_per_address")


@pytest.fixture(autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the tests, but where one asks for those ``in_life``."""
    if "in_life" not in request.fixturenames:
        limited = settings().model_copy(update=dict(zip(LIMITS, (ACCOUNT, ADDRESS, ADDRESS), strict=True)))
        monkeypatch.setattr("auth_service.brakes.limits.settings", lambda: limited)


@pytest.fixture
def in_life() -> None:
    """The limits are those of an installation that says nothing else."""
    assert [getattr(settings(), name) for name in LIMITS] == [20, 100, 100]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that was hashed."""
    passwords: list[str] = []

    def verify(self: CheapArgon2id, password: str, encoded: str) -> bool:
        passwords.append(password)
        return Argon2id.verify(self, password, encoded)

    def encode(self: CheapArgon2id, password: str, salt: str) -> str:
        passwords.append(password)
        return Argon2id.encode(self, password, salt)

    monkeypatch.setattr(CheapArgon2id, "verify", verify, raising=False)
    monkeypatch.setattr(CheapArgon2id, "encode", encode, raising=False)
    return passwords


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """Time as the views have it, which stands still until the test moves it on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def log_in(address: str, login: str = "alice", password: str = "not hers at all", path: str = V1) -> ApiResponse:
    return Caller().post(path, {"login": login, "password": password}, X_Forwarded_For=address)


def wrong(times: int, address: str = ELSEWHERE, login: str = "alice") -> list[int]:
    return [log_in(address, login).status for _ in range(times)]


@pytest.fixture
def alice(db: None) -> Caller:
    """Registered, and logged in from an address of her own."""
    alice = Caller("alice")
    alice.register()
    assert log_in(HERS, password=PASSWORD).status == 200
    return alice


def test_after_some_wrong_passwords_a_stranger_waits(alice: Caller) -> None:
    assert wrong(ACCOUNT + 1) == [401] * ACCOUNT + [429]
    answer = log_in(ELSEWHERE, password=PASSWORD)
    assert answer.body == {"detail": "Too many attempts; try again later.", "code": "too_many_attempts"}
    assert 1 <= int(answer.headers["Retry-After"]) <= 600


def test_the_refusal_has_the_shape_of_its_version(alice: Caller) -> None:
    wrong(ACCOUNT)
    answer = log_in(ELSEWHERE, path=V2)
    assert (answer.status, answer.body["code"], answer.body["status"]) == (429, "too_many_attempts", 429)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 1


@pytest.mark.parametrize("login", ["alice", "nobody", "alice@example.org", "nobody@example.org"])
def test_known_and_unknown_accounts_are_held_back_alike(alice: Caller, login: str) -> None:
    assert wrong(ACCOUNT + 1, login=login) == [401] * ACCOUNT + [429]


def test_that_a_name_and_an_address_are_of_one_account_does_not_show(alice: Caller) -> None:
    wrong(ACCOUNT + 1)
    assert wrong(1, login="alice@example.org") == [401]


def test_spellings_of_one_login_count_together(alice: Caller) -> None:
    assert [log_in(ELSEWHERE, login).status for login in ["alice", "ALICE"] * (ACCOUNT // 2)] == [401] * ACCOUNT
    assert wrong(1, login="Alice") == [429]


def test_the_account_holds_on_the_loopback_address_too(alice: Caller) -> None:
    assert wrong(ACCOUNT + 1, "127.0.0.1") == [401] * ACCOUNT + [429]


def test_nobody_waits_longer_than_stated(alice: Caller, clock: Clock) -> None:
    wrong(ACCOUNT)
    clock.move(settings().brake_seconds - 5)
    assert int(log_in(ELSEWHERE).headers["Retry-After"]) <= 5
    clock.move(5)
    assert log_in(ELSEWHERE, password=PASSWORD).status == 200


def test_right_passwords_do_not_count_and_give_no_further_tries(alice: Caller) -> None:
    for _ in range(ACCOUNT + 1):
        assert log_in(ELSEWHERE, password=PASSWORD).status == 200
    assert wrong(ACCOUNT + 1)[-1] == 429


def test_a_stranger_who_waits_costs_no_hash(alice: Caller, hashed: list[str]) -> None:
    wrong(ACCOUNT)
    hashed.clear()
    wrong(ACCOUNT)
    wrong(ACCOUNT, login="nobody")
    assert len(hashed) == ACCOUNT


def test_of_a_thousand_wrong_log_ins_from_a_hundred_addresses_twenty_are_looked_at(
    alice: Caller, hashed: list[str], in_life: None
) -> None:
    hashed.clear()
    elsewhere = [f"203.0.113.{number % 100}" for number in range(1_000)]
    assert [log_in(address).status for address in elsewhere[:21]] == [401] * 20 + [429]
    assert {_refusal(address) for address in elsewhere[21:-5]} == {TooManyAttempts}
    assert [log_in(address).status for address in elsewhere[-5:]] == [429] * 5
    assert len(hashed) == 20
    assert log_in(HERS, password=PASSWORD).status == 200
    assert log_in("192.0.2.1", "nobody").status == 401


def _refusal(ip: str) -> type[Problem]:
    """Why a wrong log-in is refused, by the service alone: there are many of them."""
    with pytest.raises(Problem) as refused:
        user_authenticate(login="alice", password="not hers", client=Network(address(ip)), now=timezone.now())
    return refused.type


def test_a_known_address_has_a_count_of_its_own(alice: Caller) -> None:
    wrong(ACCOUNT)
    assert wrong(ACCOUNT + 1, HERS) == [401] * ACCOUNT + [429]


def test_an_address_that_one_account_knows_is_a_strangers_to_another(alice: Caller) -> None:
    Caller("bob").register()
    wrong(ACCOUNT, login="bob")
    assert log_in(HERS, "bob", PASSWORD).status == 429


def test_one_address_is_held_back_whatever_accounts_it_tries(alice: Caller) -> None:
    assert [log_in(ELSEWHERE, f"name{number}").status for number in range(ADDRESS + 1)] == [401] * ADDRESS + [429]
    assert log_in("203.0.113.10").status == 401


def test_one_address_is_64_bits_of_ipv6(alice: Caller) -> None:
    statuses = [log_in(f"2001:db8::{number:x}", f"name{number}").status for number in range(ADDRESS + 1)]
    assert statuses == [401] * ADDRESS + [429]
    assert log_in("2001:db8:0:1::1").status == 401


def test_from_loopback_more_is_let_through_but_not_in_production(alice: Caller) -> None:
    assert {log_in("127.0.0.1", f"name{number}").status for number in range(ADDRESS + 1)} == {401}


def test_registrations_are_counted_by_address(charlie: Caller) -> None:
    statuses = [charlie.post(USERS, {"email": "not one"}, X_Forwarded_For=ELSEWHERE).status for _ in range(ADDRESS + 1)]
    assert statuses == [400] * ADDRESS + [429]


def test_asking_for_mails_is_counted_and_holds_back_nobody_elsewhere(alice: Caller) -> None:
    path = f"{USERS}/reset_password"
    for email in (alice.email, "nobody@example.org"):
        statuses = [Caller().post(path, {"email": email}, X_Forwarded_For=ELSEWHERE).status for _ in range(11)]
        assert statuses == [204] * 10 + [429]
        assert Caller().post(path, {"email": email}, X_Forwarded_For=HERS).status == 204


def test_the_current_password_is_counted_by_session(alice: Caller, hashed: list[str]) -> None:
    alice.log_in()
    body = {"current_password": "not hers at all", "new_password": "another correct horse"}
    assert [alice.post(f"{USERS}/set_password", body).status for _ in range(ACCOUNT + 1)] == [400] * ACCOUNT + [429]
    hashed.clear()
    assert alice.post(f"{USERS}/set_password", body | {"current_password": PASSWORD}).status == 429
    assert hashed == []
    alice.log_in()
    assert alice.post(f"{USERS}/set_password", body | {"current_password": PASSWORD}).status == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/auth/jwt/refresh", {"refresh": "none"}),
        ("/api/v1/auth/jwt/verify", {"token": "none"}),
        ("/api/v2/sessions/refresh", {"refresh_token": "none"}),
        (f"{USERS}/reset_password_confirm", {"uid": "none", "token": "none", "new_password": "correct horse"}),
        ("/account/reset-password/none/none", None),
    ],
)
def test_wrong_tokens_are_counted_and_right_ones_go_through(
    alice: Caller, few_wrong_tokens: None, path: str, body: Any
) -> None:
    alice.log_in()
    sent = [Caller().call("POST" if body else "GET", path, body, X_Forwarded_For=ELSEWHERE) for _ in range(4)]
    assert [answer.status == 429 for answer in sent] == [False] * 3 + [True]
    answer = Caller().post("/api/v1/auth/jwt/refresh", {"refresh": alice.refresh}, X_Forwarded_For=ELSEWHERE)
    assert answer.status == 200


@pytest.fixture
def few_wrong_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    few = settings().model_copy(update={"wrong_tokens_per_address": 3})
    monkeypatch.setattr("auth_service.brakes.limits.settings", lambda: few)


def test_the_admins_page_has_the_same_brakes(alice: Caller) -> None:
    User.objects.filter(username="alice").update(is_staff=True)
    wrong(ACCOUNT)
    form = {"username": "alice", "password": PASSWORD}
    page = Client(headers={"X-Forwarded-For": ELSEWHERE}).post("/admin/login/", form)
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 1
    assert b"Too many attempts; try again later." in page.content
    page = Client(headers={"X-Forwarded-For": HERS}).post("/admin/login/", form)
    assert page.status_code == 302


def test_a_wrong_password_on_the_admins_page_is_the_forms_fault(alice: Caller) -> None:
    page = Client().post("/admin/login/", {"username": "alice", "password": "not hers at all"})
    assert page.status_code == 200
    assert b"Please enter the correct" in page.content


def test_the_admins_page_of_passwords_has_the_same_brakes(alice: Caller) -> None:
    User.objects.filter(username="alice").update(is_staff=True)
    client = Client()
    client.post("/admin/login/", {"username": "alice", "password": PASSWORD})
    form = {"old_password": "wrong", "new_password1": "another correct horse", "new_password2": "another correct horse"}
    pages = [client.post("/admin/password_change/", form) for _ in range(ACCOUNT + 1)]
    assert [b"This is not your password." in page.content for page in pages] == [True] * ACCOUNT + [False]
    assert b"Too many attempts; try again later." in pages[-1].content
    assert User.objects.get().check_password(PASSWORD)


def test_blogs_admin_is_held_back_by_the_address_it_names(alice: Caller) -> None:
    blog = Caller()
    blog.access = service_token_issue("blog", "auth", now=timezone.now()).text

    def asked(client: str, password: str) -> int:
        named = {CLIENT_ADDRESS_HEADER.replace("-", "_"): client}
        return blog.post("/internal/credentials", {"login": "alice", "password": password}, **named).status

    assert [asked(ELSEWHERE, "wrong") for _ in range(ACCOUNT + 1)] == [401] * ACCOUNT + [429]
    assert asked(HERS, PASSWORD) == 200


def test_hashing_is_bounded_and_tells_when_to_come_back(
    alice: Caller, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashers, "WAIT_SECONDS", 0.0)
    taken = [hashers.turns().acquire(blocking=False) for _ in range(settings().hashes_at_once)]
    try:
        answer = log_in(ELSEWHERE, password=PASSWORD)
    finally:
        for _ in filter(None, taken):
            hashers.turns().release()
    assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (503, "overloaded", "1")
    assert AttemptCount.objects.filter(number__gt=0).count() == 1  # her registration
    assert log_in(ELSEWHERE, password=PASSWORD).status == 200


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_metrics_tell_how_many_and_why_and_never_whose(alice: Caller) -> None:
    def now() -> list[float]:
        outcomes = ("right", "wrong", "held_back")
        kinds = [counted("auth_attempts_total", kind="log_in", outcome=outcome) for outcome in outcomes]
        return [*kinds, counted("auth_held_back_total", kind="log_in", reason="account")]

    before = now()
    log_in(ELSEWHERE, password=PASSWORD)
    wrong(ACCOUNT + 2, "203.0.113.77")
    assert [after - first for after, first in zip(now(), before, strict=True)] == [1, ACCOUNT, 2, 2]


def test_neither_store_nor_log_names_anybody(alice: Caller) -> None:
    with capture_logs() as lines:
        wrong(ACCOUNT + 1)
        log_in(ELSEWHERE, alice.email)
    said = [line for line in lines if line["event"] == "too many attempts"]
    assert [set(line) for line in said] == [{"event", "log_level", "kind", "reason", "seconds"}]
    stored = " ".join(AttemptCount.objects.values_list("key", flat=True)) + str(lines)
    for secret in ("alice", ELSEWHERE, "not hers at all"):
        assert secret not in stored
