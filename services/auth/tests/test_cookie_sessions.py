"""Log-ins by cookie: the refresh token is out of reach of scripts, and no other site can use it."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from auth_service.sessions import cookies
from auth_service.sessions.cookies import CSRF, REFRESH, csrf_token
from auth_service.sessions.models import Session
from auth_service.settings import settings
from auth_service.testing import PASSWORD, Caller
from chassis.django.testing import ApiResponse
from django.utils import timezone

LOG_IN, REFRESHED, CURRENT = "/api/v2/sessions", "/api/v2/sessions/refresh", "/api/v2/sessions/current"
OWN_PAGE, FRONT_END, EVIL = "http://127.0.0.1:8000", "http://localhost:3000", "https://evil.example"
FROM_ELSEWHERE: list[dict[str, str]] = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": f"{OWN_PAGE}.evil.example"},
    {"Origin": OWN_PAGE.replace("http:", "https:")},
    {"Origin": f"{OWN_PAGE}/"},
    {"Origin": "http://localhost:3001"},
    {"Origin": EVIL, "Sec_Fetch_Site": "same-origin"},
    {"Origin": FRONT_END, "Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "none"},
]
FROM_OURS: list[dict[str, str]] = [
    {},
    {"Origin": OWN_PAGE},
    {"Origin": OWN_PAGE, "Sec_Fetch_Site": "same-origin"},
    {"Origin": FRONT_END, "Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "same-origin"},
]


class Page:
    """A page in a browser, whose cookies go with every request."""

    def __init__(self, username: str) -> None:
        self.caller = Caller(username)
        self.csrf = ""
        self.access = ""

    def log_in(self, **headers: str) -> ApiResponse:
        answer = self.caller.post(
            LOG_IN, {"login": self.caller.username, "password": PASSWORD, "mode": "cookie"}, **headers
        )
        self._learn(answer)
        return answer

    def refresh(self, body: Any = None, **headers: str) -> ApiResponse:
        answer = self.caller.post(REFRESHED, body, **self._knowing(headers))
        self._learn(answer)
        return answer

    def log_out(self, **headers: str) -> ApiResponse:
        return self.caller.call("DELETE", CURRENT, **self._knowing(headers))

    @property
    def cookies(self) -> Any:
        return self.caller.cookies

    def _knowing(self, headers: dict[str, str]) -> dict[str, str]:
        return {"X_CSRF_Token": self.csrf} | headers if self.csrf else headers

    def _learn(self, answer: ApiResponse) -> None:
        if answer.status < 300:
            self.csrf, self.access = answer.body["csrf_token"], answer.body["access_token"]


@pytest.fixture
def page(alice: Caller) -> Page:
    """Alice's, logged in by cookie; she has another log-in besides."""
    page = Page("alice")
    assert page.log_in().status == 201
    return page


def told(answer: ApiResponse) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def of_cookie() -> Session:
    return Session.objects.get(by_cookie=True)


def test_the_refresh_token_is_in_a_cookie_that_scripts_cannot_read_and_in_no_body(page: Page) -> None:
    cookie, readable = page.cookies[REFRESH], page.cookies[CSRF]
    life = settings().session_days * 86_400
    for each in (cookie, readable):
        said = (each["path"], each["secure"], each["samesite"], each["domain"], each["max-age"])
        assert said == ("/", True, "Strict", "", life)
    assert (cookie["httponly"], readable["httponly"]) == (True, "")
    answer = page.refresh()
    assert answer.body.keys() == {"id", "access_token", "expires_in", "csrf_token", "user"}
    assert page.cookies[REFRESH].value not in str(answer.body)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_log_in_by_token_sets_no_cookie(alice: Caller) -> None:
    body = {"login": "alice", "password": PASSWORD}
    for mode in ({}, {"mode": "token"}):
        answer = alice.post(LOG_IN, body | mode)
        assert "csrf_token" not in answer.body
        assert answer.body["refresh_token"]
        assert alice.post(REFRESHED, {"refresh_token": answer.body["refresh_token"]}).status == 200
    assert not alice.cookies


def test_the_csrf_token_is_an_hmac_over_the_session_and_stays_with_it(page: Page) -> None:
    key = hmac.digest(settings().secret_key.encode(), b"broadsheet auth csrf tokens", "sha256")
    expected = base64.urlsafe_b64encode(hmac.new(key, of_cookie().id.bytes, hashlib.sha256).digest())
    first = page.csrf
    assert first == expected.rstrip(b"=").decode() == page.cookies[CSRF].value
    page.refresh()
    assert page.csrf == first


def test_a_csrf_token_of_the_former_secret_counts_while_that_is_the_fallback(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = page.csrf

    def secrets(fallback: str) -> None:
        own = settings().model_copy(update={"secret_key": "n" * 40, "secret_key_fallback": fallback})
        monkeypatch.setattr("auth_service.sessions.cookies.settings", lambda: own)
        cookies._keys.cache_clear()

    secrets(fallback=settings().secret_key)
    assert page.refresh().status == 200
    assert page.csrf != former
    page.csrf = former
    assert page.refresh().status == 200
    secrets(fallback="")
    page.csrf = former
    assert told(page.refresh()) == (403, "csrf_failed")
    monkeypatch.undo()
    cookies._keys.cache_clear()


@pytest.mark.parametrize("headers", FROM_OURS, ids=str)
def test_pages_of_ours_log_in_refresh_and_log_out(alice: Caller, headers: dict[str, str]) -> None:
    page = Page("alice")
    assert page.log_in(**headers).status == 201
    before = page.cookies[REFRESH].value
    assert page.refresh(**headers).status == 200
    assert page.cookies[REFRESH].value != before
    assert page.log_out(**headers).status == 204
    assert [page.cookies[name].value for name in (REFRESH, CSRF)] == ["", ""]
    assert [page.cookies[name]["max-age"] for name in (REFRESH, CSRF)] == [0, 0]
    assert of_cookie().ended_by == Session.EndedBy.LOGOUT


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
def test_pages_of_others_do_nothing_though_they_know_the_csrf_token(page: Page, headers: dict[str, str]) -> None:
    before = of_cookie()
    assert told(page.refresh(**headers)) == (403, "csrf_failed")
    assert told(page.log_out(**headers)) == (403, "csrf_failed")
    assert told(Page("alice").log_in(**headers)) == (403, "csrf_failed")
    after = of_cookie()
    assert (after.refresh_generation, after.ended_at) == (before.refresh_generation, None)


@pytest.mark.parametrize("wrong", ["", "x", "é", "a" * 10_000, csrf_token(UUID(int=7)), None])
def test_without_the_csrf_token_of_the_session_the_cookie_does_nothing(page: Page, wrong: str | None) -> None:
    page.csrf = ""
    headers = {} if wrong is None else {"X_CSRF_Token": wrong}
    assert told(page.refresh(**headers)) == (403, "csrf_failed")
    assert told(page.log_out(**headers)) == (403, "csrf_failed")
    assert (of_cookie().refresh_generation, of_cookie().ended_at) == (0, None)


def test_what_is_not_sent_by_itself_needs_no_csrf_token(page: Page, alice: Caller) -> None:
    """The other direction: an access token or a refresh token in a body is nothing that a foreign page could send."""
    headers = {"Origin": EVIL, "Sec_Fetch_Site": "cross-site"}
    given = alice.post(LOG_IN, {"login": "alice", "password": PASSWORD}, **headers)
    assert given.status == 201
    assert alice.post(REFRESHED, {"refresh_token": given.body["refresh_token"]}, **headers).status == 200
    assert page.caller.call("DELETE", CURRENT, Authorization=f"Bearer {page.access}", **headers).status == 204
    assert of_cookie().ended_at
    assert page.cookies[REFRESH].value == ""


def test_a_csrf_token_alone_is_nothing(page: Page, charlie: Caller) -> None:
    for answer in (
        charlie.post(REFRESHED, X_CSRF_Token=page.csrf),
        charlie.call("DELETE", CURRENT, X_CSRF_Token=page.csrf),
    ):
        assert told(answer) == (401, "token_missing")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert told(charlie.post(REFRESHED, {})) == (401, "token_missing")


def test_a_token_is_good_as_it_was_given_alone(page: Page, alice: Caller) -> None:
    stolen = page.cookies[REFRESH].value
    for path, body in ((REFRESHED, {"refresh_token": stolen}), ("/api/v1/auth/jwt/refresh", {"refresh": stolen})):
        assert told(alice.post(path, body)) == (401, "refresh_token_invalid")
    page.caller.cookies[REFRESH] = alice.refresh
    other = Session.objects.get(by_cookie=False)
    assert told(page.refresh(X_CSRF_Token=csrf_token(other.id))) == (401, "refresh_token_invalid")
    assert {session.ended_at for session in Session.objects.all()} == {None}


def test_of_a_body_and_a_cookie_the_body_wins(page: Page, alice: Caller) -> None:
    answer = page.caller.post(REFRESHED, {"refresh_token": alice.refresh})
    assert answer.status == 200
    assert answer.body["refresh_token"]
    assert of_cookie().refresh_generation == 0


@pytest.mark.parametrize("wrong", ["", "x", "é", "A" * 5000])
def test_a_cookie_that_holds_no_token_is_refused(page: Page, wrong: str) -> None:
    page.caller.cookies[REFRESH] = wrong
    assert told(page.refresh()) == (401, "refresh_token_invalid")


def test_tabs_that_refresh_together_stay_logged_in_and_a_thief_ends_it(page: Page) -> None:
    first = page.cookies[REFRESH].value
    page.refresh()
    second = page.cookies[REFRESH].value
    page.caller.cookies[REFRESH] = first
    assert page.refresh().status == 200
    assert page.cookies[REFRESH].value == second
    page.refresh()
    page.caller.cookies[REFRESH] = first
    assert told(page.refresh()) == (401, "refresh_token_reused")
    assert of_cookie().ended_by == Session.EndedBy.REUSE


def test_an_expired_log_in_says_so(page: Page) -> None:
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert told(page.refresh()) == (401, "refresh_token_expired")


def test_the_access_token_is_like_any_other(page: Page) -> None:
    page.caller.access = page.access
    assert page.caller.get("/api/v2/me").body["username"] == "alice"
    assert page.caller.post("/api/v2/me/tokens", {"name": "x", "scopes": ["posts"]}).status == 201
    page.caller.access = ""
    assert told(page.caller.get("/api/v2/me")) == (401, "token_missing"), "a cookie is no access token"


def test_a_wrong_password_sets_no_cookie_and_another_mode_is_refused(page: Page) -> None:
    answer = page.caller.post(LOG_IN, {"login": "alice", "password": "wrong", "mode": "cookie"})
    assert told(answer) == (401, "invalid_credentials")
    assert "Set-Cookie" not in answer.headers
    assert page.caller.post(LOG_IN, {"login": "alice", "password": PASSWORD, "mode": "both"}).status == 422
