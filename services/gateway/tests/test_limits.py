"""Limits as clients meet them: at real gateways, alone and sharing Redis."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from chassis.testing import TokenMint
from gateway_service.testing import ALICE, BOB
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running

START = "rates:\n"
Start = Callable[..., Running]


@pytest.fixture
def strict(start_gateway: Start, configuration: Path, tmp_path: Path) -> Start:
    """Starts gateways whose limits a test can reach; clients are told apart by X-Forwarded-For."""
    text = configuration.read_text()
    before, _, rest = text.partition(START)
    rates = """
  address: {by: address, requests: 40, seconds: 3600, burst: 30, everywhere: true}
  user: {by: user, requests: 20, seconds: 3600, burst: 15, everywhere: true}
  client: {by: client, requests: 10, seconds: 3600, burst: 8, everywhere: true}
  sign-in: {by: address, requests: 3, seconds: 3600}
  upload: {by: user, requests: 2, seconds: 3600}
"""
    file = tmp_path / "strict.yaml"
    file.write_text(f"{before}{START}{rates}\nroutes:{rest.partition('routes:')[2]}")

    def start(**environment: str) -> Running:
        running = start_gateway(GATEWAY_CONFIG=str(file), GATEWAY_TRUSTED_PROXIES="127.0.0.1", **environment)
        running.wait_until_ready()
        return running

    return start


def asked(running: Running, number: int, path: str = "/api/v1/posts", **more: str) -> list[httpx.Response]:
    """So many requests; ``client`` is the address, ``token`` who is logged in, ``method`` the method."""
    headers = {"X-Forwarded-For": more.get("client", "203.0.113.9")}
    if token := more.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    with httpx.Client(base_url=running.url, headers=headers) as client:
        return [
            client.request(more.get("method", "GET"), path, json={} if "method" in more else None)
            for _ in range(number)
        ]


def statuses(answers: list[httpx.Response]) -> list[int]:
    return [answer.status_code for answer in answers]


def test_address_that_asks_too_often_is_told_when_to_come_back(strict: Start, blog: FakeUpstream) -> None:
    running = strict()
    answers = asked(running, 32)
    assert statuses(answers) == [200] * 30 + [429] * 2
    assert len(blog.requests) == 30
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 90
    assert refused.headers["ratelimit"].startswith('"address";r=0;t=')
    assert httpx.get(f"{running.url}/problems/rate_limited").status_code == 200
    running.line(status=429, code="rate_limited")
    figures = httpx.get(f"{running.admin_url}/metrics").text
    assert 'gateway_rate_limited_total{rate="address"} 2.0' in figures
    assert statuses(asked(running, 1, client="203.0.113.10")) == [200]


def test_standing_is_told_as_the_draft_has_it(strict: Start, mint: TokenMint) -> None:
    running = strict()
    first, second = asked(running, 2)
    assert first.headers["ratelimit"] == '"address";r=29;t=90'
    assert second.headers["ratelimit"] == '"address";r=28;t=180'
    policies = '"address";q=40;w=3600, "user";q=20;w=3600, "client";q=10;w=3600'
    assert first.headers["ratelimit-policy"] == policies
    (own,) = asked(running, 1, token=mint.access(ALICE, "alice"))
    assert own.headers["ratelimit"].startswith('"client";r=7;t=360')  # the tightest
    (unknown,) = asked(running, 1, "/api/v1/nothing")
    assert unknown.status_code == 404
    assert unknown.headers["ratelimit-policy"] == '"address";q=40;w=3600'
    (page,) = asked(running, 1, "/problems/rate_limited")
    assert "ratelimit" not in page.headers


def test_log_in_and_account_have_quotas_of_their_own(strict: Start, mint: TokenMint) -> None:
    running = strict()
    alice, again, bob = mint.access(ALICE, "alice"), mint.access(ALICE, "alice"), mint.access(BOB, "bob")
    assert statuses(asked(running, 9, token=alice, client="198.51.100.1")) == [200] * 8 + [429]
    assert statuses(asked(running, 8, token=again, client="198.51.100.2")) == [200] * 7 + [429]  # the account's
    assert statuses(asked(running, 1, token=bob, client="198.51.100.3")) == [200]


def test_address_is_limited_before_its_token_is_looked_at(strict: Start) -> None:
    running = strict()
    answers = asked(running, 31, token="nonsense")
    assert statuses(answers) == [401] * 30 + [429]


def test_route_may_have_a_quota_of_its_own(strict: Start, auth: FakeUpstream) -> None:
    running = strict()
    log_ins = asked(running, 4, "/api/v1/auth/jwt/create", method="POST")
    assert statuses(log_ins) == [200] * 3 + [429]
    assert log_ins[-1].headers["ratelimit"].startswith('"sign-in";r=0;')
    assert statuses(asked(running, 1, "/api/v2/sessions", method="POST")) == [429]  # they share it
    assert statuses(asked(running, 1)) == [200]


def test_subscriber_of_ipv6_is_one_client(strict: Start) -> None:
    running = strict()
    asked(running, 30, client="2001:db8:1:2::1")
    assert statuses(asked(running, 1, client="2001:db8:1:2:ffff::9")) == [429]
    assert statuses(asked(running, 1, client="2001:db8:1:3::1")) == [200]


def test_address_that_a_client_makes_up_is_not_counted(
    start_gateway: Start, configuration: Path, tmp_path: Path
) -> None:
    file = tmp_path / "few.yaml"
    file.write_text(
        configuration.read_text().replace(
            "requests: 6000, seconds: 60, burst: 1000, everywhere: true}",
            "requests: 1, seconds: 3600, everywhere: true}",
        )
    )
    running = start_gateway(GATEWAY_CONFIG=str(file), ENVIRONMENT="production", GATEWAY_CLIENT_SECRET="t" * 40)
    running.wait_until_ready()
    told = [httpx.get(f"{running.url}/api/v1/posts", headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(2)]
    assert statuses(told) == [200, 429]


def test_livez_and_preflights_are_not_counted(strict: Start) -> None:
    running = strict()
    asked(running, 30)
    assert statuses(asked(running, 1)) == [429]
    assert statuses(asked(running, 1, "/livez")) == [200]
    preflight = httpx.options(
        f"{running.url}/api/v1/posts",
        headers={
            "Origin": "http://localhost:3000",
            "Access-Control-Request-Method": "GET",
            "X-Forwarded-For": "203.0.113.9",
        },
    )
    assert preflight.status_code == 204
    assert "ratelimit" not in preflight.headers
    refused = httpx.get(
        f"{running.url}/api/v1/posts", headers={"Origin": "http://localhost:3000", "X-Forwarded-For": "203.0.113.9"}
    )
    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "RateLimit" in refused.headers["access-control-expose-headers"]


def test_address_has_so_many_connections_at_most(start_gateway: Start) -> None:
    running = start_gateway(
        ENVIRONMENT="production", GATEWAY_CLIENT_SECRET="t" * 40, GATEWAY_CONNECTIONS_PER_ADDRESS="2"
    )
    running.wait_until_ready()
    with ExitStack() as stack:
        first, *_ = (stack.enter_context(socket.create_connection(("127.0.0.1", running.port))) for _ in range(3))
        first.settimeout(10)
        assert first.recv(1) == b""
        elsewhere = socket.create_connection(("127.0.0.1", running.port), source_address=("127.0.0.2", 0))
        stack.enter_context(elsewhere).sendall(get("/livez"))
        assert read_answer(elsewhere).status == 200


def test_own_machine_may_ask_a_development_server_much_more_often(gateway: Running) -> None:
    (answer,) = (httpx.get(f"{gateway.url}/api/v1/posts"),)
    assert int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0]) > 900_000


@pytest.mark.servers
def test_gateways_share_what_is_left(strict: Start, redis_url: str) -> None:
    first, second = (strict(CACHE_URL=redis_url) for _ in range(2))
    client = {"client": "203.0.113.77"}
    told = [answer for _ in range(20) for running in (first, second) for answer in asked(running, 1, **client)]
    assert statuses(told).count(200) == 30
    assert told[-1].headers["ratelimit"].startswith('"address";r=0;')


def test_gateway_serves_on_while_redis_is_away(strict: Start, unused_tcp_port: int) -> None:
    running = strict(CACHE_URL=f"redis://127.0.0.1:{unused_tcp_port}")
    assert statuses(asked(running, 31)) == [200] * 30 + [429]
    running.line(event="rates are not shared")
    assert "gateway_rates_failures_total 0.0" not in httpx.get(f"{running.admin_url}/metrics").text
