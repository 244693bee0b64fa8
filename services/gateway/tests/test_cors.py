from collections.abc import Callable
from pathlib import Path

import httpx
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running

FRONT_END = "http://localhost:3000"
EVIL = "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}


def test_preflight_is_answered_here_without_a_token(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.options("/api/v1/posts/first-light", headers={"Origin": FRONT_END} | PREFLIGHT)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == FRONT_END
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert {"authorization", "if-match"} <= set(answer.headers["access-control-allow-headers"].lower().split(", "))
    assert answer.headers["access-control-max-age"] == "600"
    assert "Origin" in answer.headers["vary"]
    assert not blog.requests


def test_preflight_of_another_origin_allows_nothing(stranger: httpx.Client, blog: FakeUpstream) -> None:
    for origin in (
        EVIL,
        "null",
        "http://localhost:3000.evil.example",
        "http://localhost:30000",
        "https://localhost:3000",
    ):
        answer = stranger.options("/api/v1/posts", headers={"Origin": origin} | PREFLIGHT)
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "Origin" in answer.headers["vary"]
    assert not blog.requests


def test_allowed_origin_may_read_answers_and_their_headers(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.get("/api/v1/posts", headers={"Origin": FRONT_END})
    assert answer.headers["access-control-allow-origin"] == FRONT_END
    exposed = set(answer.headers["access-control-expose-headers"].split(", "))
    assert exposed == {
        *("ETag", "Location", "Link", "X-Request-ID", "API-Version", "Retry-After"),
        *("RateLimit", "RateLimit-Policy", "X-Cache", "Deprecation", "Sunset"),
        *("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires", "Asset-ID"),
    }
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Origin"


def test_allowed_origin_may_read_refusals(stranger: httpx.Client) -> None:
    for path in ("/api/v1/auth/users/me", "/nothing", "/api/v9/posts"):
        answer = stranger.get(path, headers={"Origin": FRONT_END})
        assert answer.status_code in {401, 404}
        assert answer.headers["access-control-allow-origin"] == FRONT_END
        assert "Origin" in answer.headers["vary"]


def test_other_origin_is_served_without_permission_to_read(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.get("/api/v1/posts", headers={"Origin": EVIL})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_permissions_of_a_service_do_not_pass(stranger: httpx.Client, blog: FakeUpstream) -> None:
    async def generous(call: Call) -> None:
        await call.answer(headers=("Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"))

    blog.handlers["/api/v1/posts"] = generous
    answer = stranger.get("/api/v1/posts", headers={"Origin": EVIL})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_no_origin_means_no_cors_headers_but_vary(stranger: httpx.Client, blog: FakeUpstream) -> None:
    answer = stranger.get("/api/v1/posts")
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Origin"


def test_origin_may_be_an_address_of_ipv6(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(GATEWAY_CORS_ORIGINS="http://[::1]:3000")
    running.wait_until_ready()
    answer = httpx.get(f"{running.url}/nothing", headers={"Origin": "http://[::1]:3000"})
    assert answer.headers["access-control-allow-origin"] == "http://[::1]:3000"


def test_only_origins_of_their_own_list_may_send_cookies(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(GATEWAY_CORS_ORIGINS="https://reads.example", COOKIE_ORIGINS="https://app.example")
    running.wait_until_ready()
    with httpx.Client(base_url=running.url) as client:
        for origin, said in (("https://reads.example", None), ("https://app.example", "true"), (EVIL, None)):
            for method, headers in (("GET", {}), ("OPTIONS", PREFLIGHT)):
                answer = client.request(method, "/api/v1/posts", headers={"Origin": origin} | headers)
                assert answer.headers.get("access-control-allow-credentials") == said, (origin, method)
                assert answer.headers.get("access-control-allow-origin") == (None if origin == EVIL else origin)


def test_where_everybody_may_read_those_with_cookies_are_named(
    start_gateway: Callable[..., Running], configuration: Path
) -> None:
    file = configuration.with_name("everybody.yaml")
    text = (
        configuration.read_text()
        .replace("  origins: []\n", '  origins: ["*"]\n')
        .replace("credentials: true", "credentials: false")
    )
    file.write_text(text)
    running = start_gateway(GATEWAY_CONFIG=str(file), COOKIE_ORIGINS="https://app.example")
    running.wait_until_ready()
    for origin in (EVIL, "https://app.example"):
        answer = httpx.get(f"{running.url}/api/v1/posts", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


def test_production_allows_only_what_is_set(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(
        ENVIRONMENT="production",
        GATEWAY_CLIENT_SECRET="t" * 40,
        GATEWAY_CORS_ORIGINS="https://app.example, https://b.example",
    )
    running.wait_until_ready()
    with httpx.Client(base_url=running.url) as client:
        for origin, allowed in (("https://app.example", True), ("https://b.example", True), (FRONT_END, False)):
            answer = client.get("/nothing", headers={"Origin": origin})
            assert ("access-control-allow-origin" in answer.headers) is allowed
