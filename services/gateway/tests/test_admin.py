import time
from collections.abc import Callable
from hashlib import sha256

import httpx
import pytest
from chassis.logging import bind_user, clear_request
from chassis.metrics import catalogue
from gateway_service.testing import ALICE
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running
from prometheus_client.parser import text_string_to_metric_families
from structlog.contextvars import get_contextvars


def test_admin_port_tells_health_and_status(gateway: Running) -> None:
    with httpx.Client(base_url=gateway.admin_url) as admin:
        assert admin.get("/livez").json() == {"status": "ok"}
        assert admin.get("/readyz").json() == {
            "status": "ok",
            "checks": {"keys": "ok", "revocations": "ok"},
            "warnings": {"revocations": "ok"},
        }
        assert admin.get("/nothing").status_code == 404
        status = admin.get("/status").json()
    assert status["keys"]["ids"] == ["test-key"]
    assert status["draining"] is False
    assert status["active_requests"] == 0


def test_admin_port_forwards_nothing(gateway: Running, blog: FakeUpstream) -> None:
    assert httpx.get(f"{gateway.admin_url}/api/v1/posts").status_code == 404
    assert not blog.requests


def test_metrics_count_requests_refusals_and_tokens(alice: httpx.Client, gateway: Running, blog: FakeUpstream) -> None:
    for _ in range(2):
        alice.get("/api/v1/posts/first-light")
    alice.get("/nothing/personal/alice@example.com")
    text = httpx.get(f"{gateway.admin_url}/metrics").text
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    of_post = {
        "http_request_method": "GET",
        "http_route": "/api/v1/posts/{slug}",
        "http_response_status_code": "200",
    }
    assert samples[("http_server_request_duration_seconds_count", *sorted(of_post.items()))] >= 1
    assert samples[("gateway_refusals_total", ("code", "route_unknown"))] >= 1
    assert samples[("gateway_upstream_duration_seconds_count", ("upstream", "blog"))] >= 1
    assert samples[("gateway_tokens_total", ("outcome", "cached"))] >= 1
    assert samples[("gateway_token_cache_entries",)] >= 1
    assert time.time() - samples[("jwks_fetched_timestamp_seconds",)] < 3600
    assert "alice@example.com" not in text


def test_every_metric_seen_is_in_the_catalogue(gateway: Running) -> None:
    seen = {family.name for family in text_string_to_metric_families(httpx.get(f"{gateway.admin_url}/metrics").text)}
    of_the_runtime = {name for name in seen if name.startswith(("python_", "process_"))}
    declared = {name.removesuffix("_total") for name in catalogue()}
    assert seen - of_the_runtime <= declared


def test_every_request_leaves_one_line(
    alice: httpx.Client, gateway: Running, blog: FakeUpstream, alice_token: str
) -> None:
    alice.get("/api/v1/posts/first-light?secret=x", headers={"X-Request-ID": "logged-id-1"})
    line = gateway.line(request_id="logged-id-1")
    assert list(line)[:11] == [
        *("ts", "level", "service", "version", "env", "process"),
        *("trace_id", "span_id", "request_id", "user_hash", "route"),
    ]
    assert line["service"] == "gateway"
    assert line["route"] == "/api/v1/posts/{slug}"
    assert (line["method"], line["status"], line["upstream"]) == ("GET", 200, "blog")
    assert 0 < line["upstream_ms"] <= line["duration_ms"]
    assert line["bytes"] > 100
    assert len(gateway.lines(request_id="logged-id-1")) == 1
    traceparent = dict(blog.requests[0].headers)["traceparent"]
    assert traceparent == f"00-{line['trace_id']}-{line['span_id']}-00"
    text = gateway.log_path.read_text()
    assert alice_token not in text
    assert str(ALICE) not in text
    assert "secret=x" not in text


def test_refusal_leaves_its_code(stranger: httpx.Client, gateway: Running) -> None:
    stranger.get("/nothing", headers={"X-Request-ID": "refused-id-1"})
    line = gateway.line(request_id="refused-id-1")
    assert (line["code"], line["status"], line["route"]) == ("route_unknown", 404, "unknown")
    assert "user_hash" not in line


def test_pseudonym_is_that_of_the_services(
    alice: httpx.Client, gateway: Running, upstream_settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.logging._hash_key", sha256(upstream_settings["LOG_HASH_KEY"].encode()).digest())
    alice.get("/api/v1/posts", headers={"X-Request-ID": "hashed-id-1"})
    bind_user(ALICE)
    expected = get_contextvars()["user_hash"]
    clear_request()
    assert gateway.line(request_id="hashed-id-1")["user_hash"] == expected


def test_gateway_waits_for_keys_before_it_is_ready(start_gateway: Callable[..., Running]) -> None:
    running = start_gateway(AUTH_URL="http://127.0.0.1:1")
    running.wait_until_listening()
    answer = httpx.get(f"{running.admin_url}/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")
    assert httpx.get(f"{running.admin_url}/livez").status_code == 200
