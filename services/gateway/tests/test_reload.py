"""The configuration is taken over while the gateway serves: all of it, or nothing."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running, eventually

CHANGES = "/api/v2/changes"
ROUTE = "  - path: /api/v2/changes\n    upstream: blog\n    methods: {GET}\n"


@pytest.fixture
def file(tmp_path: Path, configuration: Path) -> Path:
    """The configuration, with time for a service that answers when the test is so far."""
    path, text = tmp_path / "gateway.yaml", configuration.read_text()
    path.write_text(text.replace("\n  try_seconds: 2\n", "\n  try_seconds: 60\n"))
    return path


@pytest.fixture
def running(file: Path, start_gateway: Callable[..., Running]) -> Running:
    gateway = start_gateway(GATEWAY_CONFIG=str(file), GATEWAY_TRUSTED_PROXIES="127.0.0.1")
    gateway.wait_until_ready()
    return gateway


def put(file: Path, text: str) -> None:
    """As Kubernetes puts a ConfigMap: another file in its place."""
    other = file.with_suffix(".new")
    other.write_text(text)
    other.replace(file)


def code(running: Running, path: str = CHANGES) -> str:
    answer = httpx.get(running.url + path)
    return "" if answer.status_code == 200 else str(answer.json()["code"])


def metric(running: Running, line: str) -> bool:
    return f"\n{line}\n" in httpx.get(f"{running.admin_url}/metrics").text


def test_change_is_taken_over_without_losing_a_connection(running: Running, file: Path, blog: FakeUpstream) -> None:
    text, go_on = file.read_text(), threading.Event()

    async def late(call: Call) -> None:
        await asyncio.to_thread(go_on.wait, 60)  # where the test fails, too
        await call.answer(b"late")

    blog.handlers[CHANGES] = late
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(get(CHANGES))
        eventually(lambda: blog.requests)
        assert ROUTE in text
        put(file, text.replace(ROUTE, ""))
        running.line(event="configuration applied")
        assert code(running) == "route_unknown"
        go_on.set()
        assert read_answer(client).body == b"late", "what was under way went by what held when it began"
        client.sendall(get(CHANGES))
        assert read_answer(client).status == 404, "on the same connection"
    blog.handlers.clear()
    put(file, text)
    eventually(lambda: code(running) == "")
    assert metric(running, 'gateway_config_reloads_total{outcome="applied"} 2.0')


def test_file_that_is_not_good_changes_nothing_and_says_why(running: Running, file: Path) -> None:
    text = file.read_text()
    put(file, text.replace(ROUTE, "").replace("breaker: {", "breaker: {requets: 5, "))
    line = running.line(event="configuration refused, the last good one stays")
    assert "breaker.requets: Extra inputs are not permitted" in line["reason"]
    assert line["level"] == "error"
    assert code(running) == "", "the route is there"
    assert metric(running, "gateway_config_refused 1.0")
    assert "requets" in httpx.get(f"{running.admin_url}/status").json()["configuration"]["refused"]
    file.unlink()
    eventually(lambda: "cannot be read" in httpx.get(f"{running.admin_url}/status").json()["configuration"]["refused"])
    put(file, text)
    eventually(lambda: metric(running, "gateway_config_refused 0.0"))
    assert httpx.get(f"{running.admin_url}/status").json()["configuration"]["refused"] is None
    assert code(running) == ""


def test_what_was_counted_stays_counted(running: Running, file: Path) -> None:
    """A client that is over its rate is not helped by a change of something else; and SIGHUP reads anew."""
    text = file.read_text()
    address = "address: {by: address, requests: 6000, seconds: 60, burst: 1000, everywhere: true}"
    assert address in text
    tight = text.replace(address, "address: {by: address, requests: 1, seconds: 60, burst: 1, everywhere: true}")
    put(file, tight)
    eventually(lambda: running.lines(event="configuration applied"))

    def status() -> int:
        return httpx.get(running.url + CHANGES, headers={"X-Forwarded-For": "192.0.2.2"}).status_code

    assert [status(), status()] == [200, 429]
    running.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(running.lines(event="configuration applied")) == 2)
    assert status() == 429


def test_rule_in_shadow_counts_and_lets_through(running: Running, file: Path, bob: httpx.Client) -> None:
    """Bob is a reader, and asks more than once."""
    text = file.read_text()
    upload = "  upload: {by: user, requests: 600, seconds: 60, burst: 200}\n"
    me = "path: /api/v1/auth/users/me\n    upstream: auth\n    methods: {GET: &form {"
    for each in (upload, me):
        assert each in text
    rate = "  tried: {by: address, requests: 1, seconds: 86400, everywhere: true, shadow: true}\n"
    text = text.replace(upload, upload + rate)
    put(file, text.replace(me, f"{me}auth: required, roles: [moderator], shadow: true, ").replace("*form", "{}"))
    eventually(lambda: running.lines(event="configuration applied"))
    path = "/api/v1/auth/users/me"
    elsewhere = {"X-Forwarded-For": "192.0.2.1"}  # this machine itself may ask a thousand times as often
    refused = httpx.get(running.url + path, headers=elsewhere)
    assert refused.json()["code"] == "token_missing", "never on authentication"
    assert "tried" not in refused.headers["RateLimit-Policy"]
    assert httpx.get(running.url + path, headers={**bob.headers, **elsewhere}).status_code == 200
    assert metric(running, f'gateway_shadow_refusals_total{{code="role_missing",rule="{path}"}} 1.0')
    rate_limited = 'gateway_shadow_refusals_total{code="rate_limited",rule="tried"}'
    assert rate_limited in httpx.get(f"{running.admin_url}/metrics").text
