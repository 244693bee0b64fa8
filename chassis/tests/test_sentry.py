"""Error reports, and what must never leave with them."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
import urllib3
from chassis.logging import bind_request
from chassis.settings import ServiceSettings
from chassis.testing import LocalServer

from chassis import sentry, tracing


@pytest.fixture
def reporting(press_settings: ServiceSettings, http_server: LocalServer) -> Iterator[LocalServer]:
    dsn = http_server.url.replace("http://", "http://public@") + "/1"
    sentry.setup(press_settings.model_copy(update={"sentry_dsn": dsn, "release": "1.2.3"}), "worker")
    yield http_server
    sentry_sdk.init()


def events(server: LocalServer) -> list[dict[str, Any]]:
    sentry_sdk.flush(timeout=5)
    bodies = (
        gzip.decompress(r.body) if r.headers.get("content-encoding") == "gzip" else r.body for r in server.requests
    )
    return [json.loads(body.splitlines()[2]) for body in bodies if b'"type":"event"' in body]


PLANTED = "hunter" + "2"  # the reports quote lines of this file


def fail(password: str) -> None:
    raise RuntimeError(f"could not reach postgresql://alice:{password}@db with token={password}")


def test_report_says_where_and_in_which_request(reporting: LocalServer) -> None:
    bind_request(request_id="req-12345678")
    with tracing.span("work"):
        sentry.report(RuntimeError("broken"))
        trace_id = tracing.current_ids()["trace_id"]
    (event,) = events(reporting)
    assert (event["release"], event["environment"]) == ("1.2.3", "development")
    assert event["tags"] == {
        "service": "press",
        "process": "worker",
        "request_id": "req-12345678",
        "trace_id": trace_id,
    }


def test_planted_secrets_do_not_leave(reporting: LocalServer) -> None:
    mail = "alice" + "@news.example"
    sentry_sdk.set_user({"id": "1", "email": mail, "ip_address": "192.0.2." + "1"})
    sentry_sdk.set_extra("authorization", f"Bearer {PLANTED}")
    sentry_sdk.set_context("form", {"new_password": PLANTED, "note": f"write to {mail}"})
    sentry_sdk.add_breadcrumb(message=f"POST ?api_key={PLANTED}", data={"cookie": PLANTED})
    try:
        fail(password=PLANTED)
    except RuntimeError as error:
        sentry.report(error)
    (event,) = events(reporting)
    text = json.dumps(event)
    assert "RuntimeError" in text
    for secret in (PLANTED, mail, "192.0.2." + "1"):
        assert secret not in text


def test_request_is_reported_without_query_headers_and_body(reporting: LocalServer) -> None:
    sentry_sdk.capture_event(
        {
            "message": "broken",
            "request": {
                "method": "POST",
                "url": f"http://host/api/v1/posts?q={PLANTED}",
                "headers": {"X-Anything": PLANTED},
                "data": PLANTED,
            },
        }
    )
    (event,) = events(reporting)
    assert event["request"] == {"method": "POST", "url": "http://host/api/v1/posts"}


def test_calls_to_others_are_noted_without_their_query(reporting: LocalServer) -> None:
    urllib3.request("GET", f"{reporting.url}/internal/authors?name={PLANTED}", retries=False)
    sentry.report(RuntimeError("broken"))
    (event,) = events(reporting)
    noted = [crumb["data"]["url"] for crumb in event["breadcrumbs"]["values"] if crumb.get("category") == "httplib"]
    assert noted[-1].endswith("/internal/authors")
    assert PLANTED not in json.dumps(event["breadcrumbs"])


def test_probes_are_dropped(reporting: LocalServer) -> None:
    sentry_sdk.capture_event({"message": "probe", "request": {"url": "http://host/readyz"}})
    assert events(reporting) == []


def test_off_until_configured(press_settings: ServiceSettings) -> None:
    sentry.setup(press_settings, "web")
    assert sentry_sdk.get_client().dsn is None
