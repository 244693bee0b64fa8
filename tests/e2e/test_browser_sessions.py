"""A log-in by cookie in a real browser: pages of ours use it, and what other pages make the browser send does nothing.

The pages are on hosts that a browser tells apart as it does names on the Internet: other ports of 127.0.0.1 are other
origins of the API's site, to which its cookies are sent; localhost is another site, to which they are not.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from chassis.testing.local_server import LocalServer
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.api import PASSWORD, Visitor, expect, json_of
from tests.support.browser import empty_pages
from tests.support.platform import Platform
from tests.support.waiting import eventually

SESSIONS = "/api/v2/sessions"
CALL = """async ([url, method, body, headers, options]) => {
    const sent = {method, headers, credentials: "include", ...options};
    if (body) { sent.body = JSON.stringify(body); headers["Content-Type"] = "application/json"; }
    try {
        const answer = await fetch(url, sent);
        if (answer.type === "opaque") return {status: 0, body: null};
        const text = await answer.text();
        return {status: answer.status, body: text ? JSON.parse(text) : null};
    } catch (error) { return {status: -1, body: String(error)}; }
}"""
UNREADABLE = -1
"""The browser gave the script no answer."""


class Tab:
    """A page in the browser, and what its script may do."""

    def __init__(self, context: BrowserContext, where: str, api: str) -> None:
        self.page: Page = context.new_page()
        self.page.goto(where)
        self.api = api

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **options: str
    ) -> tuple[int, Any]:
        """Fetch with credentials; gives the status and what the script can read of the answer."""
        told = self.page.evaluate(CALL, [self.api + path, method, body, headers or {}, options])
        return told["status"], told["body"]

    def log_in(self, username: str) -> tuple[int, Any]:
        return self.call("POST", SESSIONS, {"login": username, "password": PASSWORD, "mode": "cookie"})

    def refresh(self, csrf: str = "") -> tuple[int, Any]:
        return self.call("POST", f"{SESSIONS}/refresh", headers={"X-CSRF-Token": csrf} if csrf else {})

    def readable_cookies(self) -> dict[str, str]:
        """What a script sees, ours or one that was slipped in."""
        pairs = (each.split("=", 1) for each in self.page.evaluate("document.cookie").split("; ") if each)
        return dict(pairs)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Somebody's browser."""
    with browser.new_context() as context:
        yield context


@pytest.fixture(scope="module")
def fay(base_url: str) -> Iterator[Visitor]:
    with Visitor(base_url) as visitor:
        yield visitor.register("fay")


@pytest.fixture
def own_page(own_platform: Platform, context: BrowserContext, base_url: str, fay: Visitor) -> Tab:
    """A page that the API's own host serves, whose user has logged in by cookie."""
    tab = Tab(context, f"{base_url}/docs", base_url)  # other pages of the door may fetch nothing
    status, _ = tab.log_in(fay.username)
    assert status == 201
    return tab


@pytest.fixture
def stranger_page(context: BrowserContext, base_url: str) -> Iterator[Tab]:
    """Of another origin of the API's site, which nobody has listed."""
    with empty_pages() as server:
        yield Tab(context, server.url, base_url)


@pytest.fixture
def foreign_page(context: BrowserContext, base_url: str) -> Iterator[Tab]:
    """Of another site."""
    with empty_pages() as server:
        yield Tab(context, server.url.replace("127.0.0.1", "localhost"), base_url)


def sessions(fay: Visitor) -> list[tuple[str, str]]:
    """Her log-ins, and when each was used last."""
    fay.log_in()
    items = json_of(expect(fay.http.get(SESSIONS), 200), 200)["items"]
    return sorted((item["id"], item["last_used_at"]) for item in items if not item["current"])


def test_a_page_logs_in_stays_logged_in_and_logs_out(own_page: Tab, fay: Visitor) -> None:
    jar = {cookie["name"]: cookie for cookie in own_page.page.context.cookies()}
    refresh = jar["__Host-refresh"]
    assert (refresh["httpOnly"], refresh["secure"], refresh["sameSite"], refresh["path"]) == (True, True, "Strict", "/")
    csrf = own_page.readable_cookies()["__Host-csrf"]
    assert "__Host-refresh" not in own_page.readable_cookies(), "no script sees it"
    status, body = own_page.refresh(csrf)
    assert (status, body["csrf_token"]) == (200, csrf)
    assert "refresh_token" not in body
    own_page.page.reload()
    status, body = own_page.refresh(own_page.readable_cookies()["__Host-csrf"])
    assert status == 200
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert own_page.call("GET", "/api/v2/me", headers=bearer)[1]["username"] == fay.username
    status, _ = own_page.call("DELETE", f"{SESSIONS}/current", headers={"X-CSRF-Token": csrf})
    assert status == 204
    assert own_page.page.context.cookies() == []
    status, body = own_page.refresh(csrf)
    assert (status, body["code"]) == (401, "token_missing")


def test_without_the_csrf_token_the_cookie_does_nothing(own_page: Tab, fay: Visitor) -> None:
    before = sessions(fay)
    status, body = own_page.refresh()
    assert (status, body["code"]) == (403, "csrf_failed")
    status, body = own_page.call("DELETE", f"{SESSIONS}/current")
    assert (status, body["code"]) == (403, "csrf_failed")
    assert [each for each in sessions(fay) if each in before] == before
    assert own_page.refresh(own_page.readable_cookies()["__Host-csrf"])[0] == 200


def test_a_listed_front_end_of_the_site_does_all_that(
    own_platform: Platform, context: BrowserContext, base_url: str, front_end: LocalServer, fay: Visitor
) -> None:
    tab = Tab(context, front_end.url, base_url)
    status, body = tab.log_in(fay.username)
    assert status == 201
    assert tab.refresh()[0] == 403
    status, body = tab.refresh(body["csrf_token"])
    assert status == 200
    assert tab.call("DELETE", f"{SESSIONS}/current", headers={"X-CSRF-Token": body["csrf_token"]})[0] == 204
    assert context.cookies() == []


def test_a_page_that_may_read_may_not_use_cookies(
    own_page: Tab, context: BrowserContext, base_url: str, reader: LocalServer, fay: Visitor
) -> None:
    tab, csrf = Tab(context, reader.url, base_url), own_page.readable_cookies()["__Host-csrf"]
    assert tab.call("GET", "/api/v1/posts", credentials="omit")[0] == 200
    before = sessions(fay)
    assert tab.refresh(csrf)[0] == UNREADABLE
    assert tab.log_in(fay.username)[0] == UNREADABLE
    assert [each for each in sessions(fay) if each in before] == before


@pytest.mark.parametrize("whose", ["stranger_page", "foreign_page"])
def test_what_other_pages_make_the_browser_send_does_nothing(
    own_page: Tab, whose: str, request: pytest.FixtureRequest, fay: Visitor
) -> None:
    """Where no script may set headers a browser sends without asking; to other ports of the host with the cookies."""
    csrf, before = own_page.readable_cookies()["__Host-csrf"], sessions(fay)
    tab: Tab = request.getfixturevalue(whose)
    assert tab.refresh(csrf)[0] == UNREADABLE
    assert tab.call("DELETE", f"{SESSIONS}/current", headers={"X-CSRF-Token": csrf})[0] == UNREADABLE
    assert tab.call("POST", f"{SESSIONS}/refresh", mode="no-cors")[0] == 0
    script = "([url]) => { document.body.innerHTML = `<form method=post action=${url}>`; document.forms[0].submit() }"
    with tab.page.expect_navigation():
        tab.page.evaluate(script, [f"{tab.api}{SESSIONS}/refresh"])
    assert '"status":403' in tab.page.content().replace(" ", "") or '"status":401' in tab.page.content().replace(
        " ", ""
    )
    assert [each for each in sessions(fay) if each in before] == before
    assert own_page.refresh(csrf)[0] == 200


def test_browser_asks_before_the_first_call_alone_and_shows_refusals(
    own_platform: Platform, context: BrowserContext, reader: LocalServer, base_url: str
) -> None:
    tab, log = Tab(context, reader.url, base_url), own_platform.folder / "log/gateway.log"

    def preflights() -> int:
        return log.read_text().count('"method": "OPTIONS"')

    before = preflights()
    for _ in range(3):
        assert tab.call("GET", "/api/v1/posts", headers={"API-Version": "1"}, credentials="omit")[0] == 200
    status, problem = tab.call("DELETE", "/api/v1/nothing", credentials="omit")  # another one, whose line comes behind
    assert (status, problem["code"]) == (404, "route_unknown")
    eventually(lambda: preflights() >= before + 2)
    assert preflights() == before + 2
