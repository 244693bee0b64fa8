"""Pages of reason codes, and the others that say who we are."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from chassis.problem_catalogue import catalogue, reasons
from chassis.tokens import TITLES
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running

LOCKED_DOWN = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def loads_nothing_but_style_and_icon(page: httpx.Response) -> bool:
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    return policy == f"default-src 'none'; img-src 'self'; style-src 'sha256-{digest}'; {LOCKED_DOWN}"


@pytest.mark.parametrize("code", reasons())
def test_every_reason_has_a_page(stranger: httpx.Client, code: str) -> None:
    page = stranger.get(f"/problems/{code}", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert code in page.text
    assert loads_nothing_but_style_and_icon(page)
    assert {"Origin", "Accept"} <= set(page.headers["vary"].split(", "))
    assert stranger.get(f"/problems/{code}", headers={"Accept": "application/json"}).json()["code"] == code


def test_index_lists_every_reason(stranger: httpx.Client) -> None:
    listed = stranger.get("/problems", headers={"Accept": "application/json"}).json()["problems"]
    assert {each["code"] for each in listed} == set(reasons())
    page = stranger.get("/problems", headers={"Accept": "text/html"}).text
    assert all(f'href="/problems/{code}"' in page for code in reasons())


def test_type_of_a_problem_leads_to_its_page(stranger: httpx.Client) -> None:
    told = stranger.get("/nothing").json()
    assert stranger.get(told["type"]).status_code == 200


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_browser_that_asks_for_nothing_that_is_there_gets_a_page(stranger: httpx.Client) -> None:
    page = stranger.get("/nothing/here", headers=BROWSER | {"X-Request-ID": "caller-id-1"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>There is no such page</h1>" in page.text
    assert "configuration" not in page.text
    assert all(text in page.text for text in ("caller-id-1", 'href="/"', 'href="/docs"', "/problems/route_unknown"))
    assert loads_nothing_but_style_and_icon(page)
    assert page.headers["cache-control"] == "no-store"
    assert {"Origin", "Accept"} == set(page.headers["vary"].split(", "))


def test_head_of_such_a_page_has_its_length_and_no_body(stranger: httpx.Client) -> None:
    whole, head = (stranger.request(method, "/nothing", headers=BROWSER) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (404, b"")
    assert int(head.headers["content-length"]) > 0
    assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "accept",
    ["*/*", "application/json", "application/problem+json", "image/avif,image/webp,*/*", "application/JSON, text/html"],
)
def test_program_that_asks_for_nothing_that_is_there_gets_a_problem(stranger: httpx.Client, accept: str) -> None:
    answer = stranger.get("/nothing", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Accept" in answer.headers["vary"].split(", ")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/me", "/openapi.json/more", "/%61pi/v1/x", "/api/x//y"])
def test_refusal_of_the_api_is_a_problem_in_a_browser_too(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(path, headers=BROWSER)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Accept" not in answer.headers["vary"].split(", ")


@pytest.mark.parametrize("path", ["/apiary", "/openapi.jsonx", "/realworld/apiary"])
def test_what_only_begins_like_the_api_is_a_page(stranger: httpx.Client, path: str) -> None:
    answer = stranger.get(path, headers={"Accept": "Text/HTML"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_what_is_sent_to_no_route_is_a_problem(stranger: httpx.Client) -> None:
    assert stranger.post("/nothing", headers=BROWSER).headers["content-type"] == "application/problem+json"


def test_page_of_a_refusal_shows_what_was_sent_as_text(stranger: httpx.Client) -> None:
    page = stranger.get("/nothing/<script>", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text


def test_page_is_for_reading_only(stranger: httpx.Client) -> None:
    assert stranger.post("/problems/route_unknown").status_code == 404
    assert stranger.head("/problems/route_unknown").content == b""


def test_readme_lists_every_reason_of_the_gateway() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    listed = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `")}
    for code, reason in catalogue().gateway.items():
        assert f"| {reason.status} |" in listed[code]
        assert reason.title in listed[code]


def test_catalogue_is_plain_text_and_has_the_titles_of_tokens() -> None:
    assert json.dumps([reason.meaning + reason.remedy for reason in reasons().values()]).isascii()
    assert {code: reasons()[code].title for code in TITLES} == TITLES


def test_page_that_is_known_is_not_sent_again(stranger: httpx.Client) -> None:
    page = stranger.get("/problems/route_unknown")
    again = stranger.get("/problems/route_unknown", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("br;q=0.1, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("path", ["/problems", "/docs", "/openapi.json?version=2", "/studio"])
def test_long_page_is_sent_in_the_coding_that_is_wanted_most(
    stranger: httpx.Client, path: str, accepts: str, coding: str | None
) -> None:
    plain = stranger.get(path, headers={"Accept-Encoding": "identity"})
    page = stranger.get(path, headers={"Accept-Encoding": accepts})
    packed = coding if len(plain.content) > 1400 else None
    assert page.headers.get("content-encoding") == packed
    assert page.headers["etag"] == (plain.headers["etag"][:-1] + f'~{packed}"' if packed else plain.headers["etag"])
    assert "Accept-Encoding" in page.headers["vary"]
    assert page.content == plain.content
    known = {"Accept-Encoding": accepts, "If-None-Match": page.headers["etag"]}
    assert stranger.get(path, headers=known).status_code == 304
    if packed:
        assert stranger.get(path, headers=known | {"Accept-Encoding": "identity"}).status_code == 200


def test_front_page_tells_versions_and_nothing_of_software(stranger: httpx.Client, gateway: Running) -> None:
    told = stranger.get("/", headers={"Accept": "application/json"}).json()
    assert told["status"] == "ok"
    assert [(each["version"], each["state"], each["default"]) for each in told["versions"]] == [
        ("1", "current", True),
        ("2", "current", False),
    ]
    assert stranger.get(told["versions"][1]["openapi"]).json()["info"]["version"] == "2"
    page = stranger.get("/", headers={"Accept": "text/html"})
    assert loads_nothing_but_style_and_icon(page)
    assert "Status: ok" in page.text
    for secret in ("dev", "uvloop", "auth", "blog", "media", str(gateway.admin_port)):
        assert secret not in page.text.partition("<main>")[2] + json.dumps(told).replace(gateway.url, "")


def test_front_page_says_when_something_is_missing(start_gateway: Callable[..., Running], auth: FakeUpstream) -> None:
    async def broken(call: Call) -> None:
        await call.answer(b"nothing", status="500 Broken")

    before = auth.handlers["/internal/revocations"]
    auth.handlers["/internal/revocations"] = broken
    try:
        running = start_gateway()
        running.wait_until_listening()
        assert httpx.get(running.url, headers={"Accept": "application/json"}).json()["status"] == "degraded"
    finally:
        auth.handlers["/internal/revocations"] = before


def test_front_page_tells_of_the_end_of_a_version(
    start_gateway: Callable[..., Running], configuration: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sunset.yaml"
    dates = '"1": {deprecated: 2026-01-01T00:00:00Z, sunset: 2026-06-01T00:00:00Z}'
    file.write_text(configuration.read_text().replace('"1": {}', dates).replace('default: "1"', 'default: "2"'))
    running = start_gateway(GATEWAY_CONFIG=str(file))
    running.wait_until_listening()
    first, _ = httpx.get(running.url, headers={"Accept": "application/json"}).json()["versions"]
    assert (first["state"], first["sunset"]) == ("ended", "2026-06-01T00:00:00+00:00")


def test_crawlers_are_kept_off_the_api(stranger: httpx.Client) -> None:
    said = stranger.get("/robots.txt")
    assert said.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Disallow: /api/\n" in said.text


def test_browsers_find_an_icon(stranger: httpx.Client) -> None:
    said = stranger.get("/favicon.ico")
    assert said.headers["content-type"] == "image/svg+xml"
    assert said.text.startswith("<svg")


def test_finders_of_holes_are_told_whom_to_tell(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(GATEWAY_SECURITY_CONTACT="mailto:security@news.example")
    running.wait_until_listening()
    said = httpx.get(f"{running.url}/.well-known/security.txt").text
    lines = dict(line.split(": ", 1) for line in said.splitlines())
    assert lines["Contact"] == "mailto:security@news.example"
    assert lines["Canonical"] == f"{running.url}/.well-known/security.txt"
    left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)  # RFC 9116, 2.5.5: less than a year
