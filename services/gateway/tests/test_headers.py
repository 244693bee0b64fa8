import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_service.config import read
from gateway_service.settings import settings
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, get, read_answer
from gateway_service.testing.running import Running

IDENTITY = [
    *("X-User-ID", "X-User", "X-Auth-User", "X-Authenticated-Userid", "X-Remote-User", "Remote-User", "X-Roles"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-User", "Forwarded", "X-Real-IP"),
    *("X-Client-IP", "True-Client-IP", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Service-Token"),
    *("X-Accel-Redirect", "Proxy", "Proxy-Authorization", "X_User_ID", "Content_Length"),
]


def received(answer: httpx.Response) -> dict[str, Any]:
    return dict(answer.json()["headers"])


@pytest.mark.parametrize("name", IDENTITY)
def test_header_that_could_be_taken_for_identity_does_not_pass(
    stranger: httpx.Client, blog: FakeUpstream, name: str
) -> None:
    answer = stranger.get("/api/v1/posts", headers={name: "planted"})
    assert answer.status_code == 200
    assert "planted" not in str(blog.requests[0].headers)


def test_gateway_says_itself_where_the_request_came_from(stranger: httpx.Client, gateway: Running) -> None:
    headers = received(stranger.get("/api/v1/posts", headers={"X-Forwarded-For": "203.0.113.9"}))
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == f"127.0.0.1:{gateway.port}"


CLIENT = "203.0.113.9"
OVER = ("X-Forwarded-For: 1.1.1.1", f"X-Forwarded-For: {CLIENT}:51234", "X-Forwarded-For: ::ffff:10.1.2.3")
"""What the gateway gets when a client makes an address up and two proxies tell theirs, each in a line of its own."""


def told_client(running: Running, blog: FakeUpstream, *headers: str, at: str = "127.0.0.1") -> str | None:
    """The address the service is told."""
    blog.requests.clear()
    assert exchange(running.port, get("/api/v1/posts", *headers), host=at).status == 200
    return blog.requests[0].header("x-forwarded-for")


@pytest.mark.parametrize(("listens", "at"), [("127.0.0.1", "127.0.0.1"), ("::", "127.0.0.1"), ("::", "::1")])
def test_trusted_proxies_are_believed_up_to_the_first_stranger(
    start_gateway: Callable[..., Running], blog: FakeUpstream, listens: str, at: str
) -> None:
    running = start_gateway(GATEWAY_HOST=listens, GATEWAY_TRUSTED_PROXIES="127.0.0.0/8, ::1, 10.0.0.0/8")
    running.wait_until_ready()
    assert told_client(running, blog, *OVER, at=at) == CLIENT
    assert told_client(running, blog, "X-Forwarded-For: nonsense", at=at) == at
    assert told_client(running, blog, "Forwarded: for=1.1.1.1", at=at) == at


def test_one_header_alone_is_that_of_the_proxies(start_gateway: Callable[..., Running], blog: FakeUpstream) -> None:
    running = start_gateway(GATEWAY_TRUSTED_PROXIES="127.0.0.1", GATEWAY_FORWARDED_HEADER="Forwarded")
    running.wait_until_ready()
    own = f'Forwarded: for="{CLIENT}:51234";proto=https'
    assert told_client(running, blog, "X-Forwarded-For: 1.1.1.1", "Forwarded: for=1.1.1.1", own) == CLIENT
    assert told_client(running, blog, "X-Forwarded-For: 1.1.1.1") == "127.0.0.1"


def test_authorization_and_ordinary_headers_pass_unchanged(alice: httpx.Client, alice_token: str) -> None:
    sent = {"If-None-Match": '"1"', "Accept-Language": "de", "X-Custom": "kept"}
    headers = received(alice.get("/api/v1/posts", headers=sent))
    assert headers["authorization"] == f"Bearer {alice_token}"
    assert headers["if-none-match"] == '"1"'
    assert headers["accept-language"] == "de"
    assert headers["x-custom"] == "kept"


def test_hop_by_hop_headers_end_here(gateway: Running, blog: FakeUpstream) -> None:
    request = get(
        "/api/v1/posts",
        *("Connection: keep-alive, X-Secret-Hop", "X-Secret-Hop: 1", "Keep-Alive: timeout=5", "TE: trailers"),
        *("Upgrade: h2c", "Trailer: Expires", "Proxy-Connection: keep-alive"),
    )
    assert exchange(gateway.port, request).status == 200
    names = blog.requests[0].names()
    assert not names & {"x-secret-hop", "keep-alive", "te", "upgrade", "trailer", "proxy-connection"}


def test_hop_by_hop_headers_of_a_service_end_here(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def handler(call: Call) -> None:
        hop = ("Connection: X-Hop, keep-alive", "X-Hop: 1", "Keep-Alive: timeout=5", "Upgrade: h2c")
        own = ("X-Powered-By: Django", "Server: gunicorn", "X-Request-ID: other", "API-Version: 9", "X-Kept: yes")
        await call.answer(b"{}", headers=(*hop, *own, "Vary: Cookie"))

    blog.handlers["/api/v1/posts"] = handler
    answer = stranger.get("/api/v1/posts", headers={"X-Request-ID": "caller-id-1"})
    assert not {"x-hop", "keep-alive", "upgrade", "x-powered-by", "connection"} & set(answer.headers)
    assert answer.headers["server"] == "broadsheet"
    assert answer.headers.get_list("x-request-id") == ["caller-id-1"]
    assert answer.headers.get_list("api-version") == ["1"]
    assert answer.headers["x-kept"] == "yes"
    assert answer.headers["vary"] == "Cookie, Origin"


STYLE = "/style/pages.css"
SENT = ("Cookie: a=1", "Cookie: b=2")
TO_THE_EDGE = ("X-Accel-Buffering: no", "X-Sendfile: /etc/hosts", "X-LIGHTTPD-send-file: /a", "X-Reproxy-URL: http://a")
TO_CACHES = ("Surrogate-Control: max-age=9", "Edge-Cache-Tag: a")
DECLARED = ("Set-Cookie: a=1", "Set-Cookie: b=2", "X-Accel-Redirect: /stored/a", "Surrogate-Key: a", "Cache-Tag: a")
ANSWERED = (*DECLARED, *TO_THE_EDGE, *TO_CACHES)


def passed(running: Running, blog: FakeUpstream) -> tuple[int, set[str]]:
    """How many cookies reach the service, and which of the headers above come out again."""

    async def handler(call: Call) -> None:
        await call.answer(b"{}", headers=ANSWERED)

    blog.handlers[STYLE] = handler
    answer = exchange(running.port, get(STYLE, *SENT))
    assert answer.status == 200
    came = sum(name == "cookie" for name, _ in blog.requests[-1].headers)
    return came, {line for line in map(str.lower, ANSWERED) if line in answer.head}


def test_cookies_and_words_to_the_edge_end_here(gateway: Running, blog: FakeUpstream) -> None:
    assert passed(gateway, blog) == (0, set())


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("cookies", (2, {"set-cookie: a=1", "set-cookie: b=2"})),
        ("accel", (0, {"x-accel-redirect: /stored/a"})),
        ("surrogate_keys", (0, {"surrogate-key: a", "cache-tag: a"})),
    ],
)
def test_route_may_declare_what_passes(
    start_gateway: Callable[..., Running],
    blog: FakeUpstream,
    configuration: Path,
    declared: str,
    expected: tuple[int, set[str]],
) -> None:
    text = configuration.read_text()
    begin = text.index("path: /style/{name}.css\n")
    route, after = text[begin:].split("  - path:", 1)
    route = route.replace("\n    compress: public", "") + f"    {declared}: true\n"
    file = configuration.with_name(f"{declared}.yaml")
    file.write_text(f"{text[:begin]}{route}  - path:{after}")
    running = start_gateway(GATEWAY_CONFIG=str(file))
    running.wait_until_ready()
    assert passed(running, blog) == expected


def test_cookies_pass_where_sessions_are_opened_refreshed_and_ended_alone(
    stranger: httpx.Client, auth: FakeUpstream
) -> None:
    routes = [route for route in read(settings().config).routes if route.cookies]
    assert {route.path for route in routes} == {f"/api/v2/sessions{each}" for each in ("", "/refresh", "/current")}
    for method, path, passes in (
        ("POST", "/api/v2/sessions", True),
        ("POST", "/api/v2/sessions/refresh", True),
        ("DELETE", "/api/v2/sessions/current", True),
        ("POST", "/api/v1/auth/jwt/refresh", False),
        ("POST", "/api/v1/auth/logout", False),
    ):
        stranger.request(method, path, headers={"Cookie": "__Host-refresh=a"})
        assert (auth.requests[-1].header("cookie") == "__Host-refresh=a") == passes, path


def test_cookies_pass_by_route_though_a_connection_says_the_same_again(
    gateway: Running, auth: FakeUpstream, blog: FakeUpstream
) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.settimeout(5)
        for method, path in [("POST", "/api/v2/sessions/refresh"), ("GET", "/api/v1/posts")] * 2:
            connection.sendall(get(path, "Cookie: __Host-refresh=a", method=method))
            assert read_answer(connection).status == 200, path
    assert [each.header("cookie") for each in auth.requests[-2:]] == ["__Host-refresh=a"] * 2
    assert [each.header("cookie") for each in blog.requests] == [None, None]


@pytest.mark.parametrize(("url", "said"), [("https://news.example", ["max-age=31536000"]), ("http://news.example", [])])
def test_production_behind_https_asks_for_https_alone(
    start_gateway: Callable[..., Running], blog: FakeUpstream, url: str, said: list[str]
) -> None:
    async def handler(call: Call) -> None:
        await call.answer(b"{}", headers=("Strict-Transport-Security: max-age=1",))

    blog.handlers["/api/v1/posts"] = handler
    running = start_gateway(ENVIRONMENT="production", GATEWAY_CLIENT_SECRET="t" * 40, PUBLIC_URL=url)
    running.wait_until_ready()
    for path in ("/api/v1/posts", "/problems/token_missing", "/nothing"):
        answer = httpx.get(f"{running.url}{path}", headers={"Host": "news.example"})
        assert answer.headers.get_list("strict-transport-security") == said, path


@pytest.mark.parametrize(("own", "said"), [((), "same-origin"), (("Referrer-Policy: no-referrer",), "no-referrer")])
def test_referrer_policy_is_the_services_or_ours(
    stranger: httpx.Client, blog: FakeUpstream, own: tuple[str, ...], said: str
) -> None:
    async def handler(call: Call) -> None:
        await call.answer(b"{}", headers=own)

    blog.handlers["/api/v1/posts"] = handler
    assert stranger.get("/api/v1/posts").headers.get_list("referrer-policy") == [said]
    assert stranger.get("/nothing").headers.get_list("referrer-policy") == ["same-origin"]


def test_header_values_pass_byte_for_byte(gateway: Running, blog: FakeUpstream) -> None:
    async def handler(call: Call) -> None:
        await call.answer(b"{}", headers=("X-Name: caf\xe9",))

    blog.handlers["/api/v1/posts"] = handler
    answer = exchange(gateway.port, get("/api/v1/posts", "X-Name: caf\xe9"))
    assert blog.requests[0].header("x-name") == "caf\xe9"
    assert b"caf\xc3\xa9" in answer.data  # the fake sends UTF-8


@pytest.mark.parametrize("given", ["caller-id-1", "A" * 64, "0" * 8])
def test_good_request_id_of_the_caller_is_kept(stranger: httpx.Client, given: str) -> None:
    answer = stranger.get("/api/v1/posts", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == received(answer)["x-request-id"] == given


@pytest.mark.parametrize("given", ["short", "A" * 65, "with space", "semi;colon", "ä" * 10, ""])
def test_bad_request_id_is_replaced(stranger: httpx.Client, given: str) -> None:
    answer = stranger.get("/api/v1/posts", headers=[(b"X-Request-ID", given.encode())])
    assert answer.headers["x-request-id"] == received(answer)["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) >= 8


TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def traced(url: str, traceparent: str) -> tuple[str, str]:
    """The trace and the span that the service is told."""
    answer = httpx.get(f"{url}/api/v1/posts", headers={"traceparent": traceparent})
    version, trace, span, _ = received(answer)["traceparent"].split("-")
    assert (version, len(trace), len(span)) == ("00", 32, 16)
    assert int(trace, 16)
    return trace, span


def test_trace_that_a_client_names_is_not_believed(gateway: Running) -> None:
    trace, span = traced(gateway.url, f"00-{TRACE}-{SPAN}-01")
    assert trace != TRACE
    assert span != SPAN


def test_trace_goes_on_where_it_is_trusted(start_gateway: Callable[..., Running], blog: FakeUpstream) -> None:
    running = start_gateway(GATEWAY_TRUST_TRACEPARENT="true")
    running.wait_until_ready()
    trace, span = traced(running.url, f"00-{TRACE}-{SPAN}-01")
    assert trace == TRACE
    assert span != SPAN
    for bad in ("", "garbage", f"00-{'0' * 32}-{SPAN}-01"):
        assert traced(running.url, bad)[0] != TRACE
