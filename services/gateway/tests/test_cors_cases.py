"""What a browser would let a page do and read, by the algorithms of the Fetch standard (4.8 and 4.9), case by case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running, start

READER, APP, PREVIEW = "https://reads.example", "https://app.example", "https://pr-7.preview.example"
SAFE_METHODS = {"GET", "HEAD", "POST"}
SAFE_HEADERS = {"accept", "accept-language"}
SAFE_EXPOSED = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"}
POSTS, NOTHING, MINE, DIALECT = "/api/v1/posts", "/api/v1/nothing", "/api/v1/auth/users/me", "/realworld/api/tags"
READABLE, UNREADABLE, NOT_ASKED = "readable", "sent, and not readable", "not sent"


@dataclass(frozen=True)
class Case:
    """A call of ``fetch`` by a page of an origin, and what becomes of it."""

    origin: str
    outcome: str
    path: str = POSTS
    method: str = "GET"
    headers: tuple[str, ...] = ()
    credentials: bool = False

    def __str__(self) -> str:
        cookies = " with cookies" if self.credentials else ""
        return f"{self.origin} {self.method} {self.path} {','.join(self.headers)}{cookies}"


CASES = (
    # simple requests
    Case(READER, READABLE),
    Case(PREVIEW, READABLE),
    Case(APP, READABLE),
    Case("https://evil.example", UNREADABLE),
    Case("null", UNREADABLE),
    Case("https://reads.example.evil.example", UNREADABLE),
    Case("https://evil.example/https://reads.example", UNREADABLE),
    Case("https://READS.example", UNREADABLE),
    Case("http://reads.example", UNREADABLE),
    Case("https://reads.example:8443", UNREADABLE),
    Case("https://a.b.preview.example", UNREADABLE),
    Case("https://preview.example", UNREADABLE),
    Case("https://pr-7.preview.example.evil.example", UNREADABLE),
    Case("https://pr-7-preview.example", UNREADABLE),
    # cookies
    Case(APP, READABLE, credentials=True),
    Case(READER, UNREADABLE, credentials=True),
    Case(PREVIEW, UNREADABLE, credentials=True),
    Case("null", UNREADABLE, credentials=True),
    # preflights
    Case(READER, READABLE, headers=("authorization",)),
    Case(READER, READABLE, headers=("if-none-match", "x-request-id", "api-version")),
    Case(READER, READABLE, method="PATCH", headers=("authorization", "if-match")),
    Case(READER, READABLE, method="DELETE", headers=("authorization",)),
    Case(APP, READABLE, method="POST", headers=("x-csrf-token", "content-type"), credentials=True),
    Case(READER, NOT_ASKED, headers=("x-forwarded-for",)),
    Case(READER, NOT_ASKED, headers=("cookie2",)),
    Case(READER, NOT_ASKED, method="patch"),
    Case(READER, NOT_ASKED, method="PROPFIND"),
    Case(READER, NOT_ASKED, method="DELETE", credentials=True),
    Case("https://evil.example", NOT_ASKED, headers=("authorization",)),
    Case("null", NOT_ASKED, method="DELETE"),
    # errors and refusals
    Case(READER, READABLE, NOTHING),
    Case(READER, READABLE, NOTHING, headers=("authorization",)),
    Case(READER, READABLE, MINE),
    Case(READER, READABLE, "/api/v9/posts"),
    Case(READER, READABLE, f"{POSTS}//"),
    Case(READER, READABLE, POSTS, method="PUT"),
    Case("https://evil.example", UNREADABLE, MINE),
    # where everybody may read, and nobody sends cookies
    Case("https://evil.example", READABLE, DIALECT),
    Case("null", READABLE, DIALECT),
    Case("https://evil.example", READABLE, DIALECT, headers=("authorization",)),
    Case("https://evil.example", NOT_ASKED, DIALECT, headers=("if-match",)),
    Case(APP, UNREADABLE, DIALECT, credentials=True),
)


@pytest.fixture(scope="module")
def door(
    tmp_path_factory: pytest.TempPathFactory, upstream_settings: dict[str, str], configuration: Path
) -> Iterator[Running]:
    """A gateway that one page may read, pages of a pattern may, and one may send cookies to."""
    folder = tmp_path_factory.mktemp("cors")
    text = configuration.read_text().replace(
        "  patterns: []", r"  patterns: ['^https://[a-z0-9-]+\.preview\.example$']"
    )
    (folder / "gateway.yaml").write_text(text)
    settings = {"GATEWAY_CONFIG": str(folder / "gateway.yaml"), "GATEWAY_CORS_ORIGINS": READER, "COOKIE_ORIGINS": APP}
    running = start(folder, **(upstream_settings | settings))
    running.wait_until_ready()
    yield running
    running.process.kill()
    running.process.wait()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_browser_would(case: Case, door: Running, blog: FakeUpstream) -> None:
    with httpx.Client(base_url=door.url, headers={"Origin": case.origin}) as client:
        assert fetched(client, case) == case.outcome
        if case.outcome == NOT_ASKED:
            assert not blog.requests


def fetched(client: httpx.Client, case: Case) -> str:
    """What ``fetch`` would do (Fetch, 4.4): ask first where it has to, then look whether the page may read."""
    if case.method not in SAFE_METHODS or not SAFE_HEADERS.issuperset(case.headers):
        asked = {"Access-Control-Request-Method": case.method, "Access-Control-Request-Headers": ",".join(case.headers)}
        preflight = client.options(case.path, headers=asked)
        assert varies_by_origin(preflight)
        if not (preflight.is_success and may_read(preflight, case) and allows(preflight, case)):
            return NOT_ASKED
        assert 0 < int(preflight.headers["access-control-max-age"]) <= 7200  # browsers keep it, Chromium for so long
    answer = client.request(case.method, case.path)
    assert varies_by_origin(answer)
    if not may_read(answer, case):
        return UNREADABLE
    exposed = SAFE_EXPOSED.union(listed(answer, "access-control-expose-headers"))
    assert "x-request-id" in exposed
    assert "set-cookie" not in exposed
    return READABLE


def may_read(answer: httpx.Response, case: Case) -> bool:
    """The CORS check (4.9)."""
    allowed = answer.headers.get("access-control-allow-origin")
    if allowed == "*" and not case.credentials:
        return True
    return allowed == case.origin and (
        not case.credentials or answer.headers.get("access-control-allow-credentials") == "true"
    )


def allows(preflight: httpx.Response, case: Case) -> bool:
    """Method and headers, which are compared as they are and without regard to case (4.8, steps 5 to 10)."""
    methods = preflight.headers.get("access-control-allow-methods", "").split(", ")
    headers = listed(preflight, "access-control-allow-headers")
    return (case.method in methods or case.method in SAFE_METHODS) and headers.issuperset(case.headers)


def listed(answer: httpx.Response, name: str) -> set[str]:
    return {each.strip().lower() for each in answer.headers.get(name, "").split(",")}


def varies_by_origin(answer: httpx.Response) -> bool:
    return "origin" in listed(answer, "vary")


def test_options_without_a_method_is_no_preflight(door: Running) -> None:
    answer = httpx.options(f"{door.url}{POSTS}", headers={"Origin": READER})
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert answer.headers["access-control-allow-origin"] == READER
    assert "access-control-allow-methods" not in answer.headers


def test_overload_and_lost_services_are_readable(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(BLOG_URL="http://127.0.0.1:1", GATEWAY_CORS_ORIGINS=READER)
    running.wait_until_ready()
    answer = httpx.get(f"{running.url}{POSTS}", headers={"Origin": READER})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, READER)
    assert "retry-after" in listed(answer, "access-control-expose-headers")
