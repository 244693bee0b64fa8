"""One trace through all services, exported or not."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from chassis.process import export_spans
from chassis.settings import ServiceSettings
from chassis.span_export import Batches
from chassis.testing import LocalServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from chassis import logging, tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


Collect = Callable[..., list[Any]]


@pytest.fixture
def collected(press_settings: ServiceSettings, http_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Collect:
    """Does something under some settings, and gives what has come to the collector by then."""
    monkeypatch.setattr(tracing, "_exporter", None)

    def collect(work: Callable[[], None], **settings: object) -> list[Any]:
        update = {"otel_exporter_otlp_endpoint": http_server.url, **settings}
        export_spans(press_settings.model_copy(update=update), "web")
        work()
        assert tracing._exporter
        tracing._exporter.close()
        return http_server.requests

    return collect


def test_span_continues_the_callers_trace() -> None:
    with tracing.span("work", parent=PARENT):
        header = tracing.headers()["traceparent"]
        assert header.startswith(f"00-{TRACE}-")
        assert header != PARENT
        assert header.endswith("-01")
    assert tracing.headers() == {}


def test_inner_span_stays_in_the_trace() -> None:
    with tracing.span("outer"):
        outer = tracing.current_ids()
        with tracing.span("inner"):
            assert tracing.current_ids()["trace_id"] == outer["trace_id"]
            assert tracing.current_ids()["span_id"] != outer["span_id"]
        assert tracing.current_ids() == outer


@pytest.mark.parametrize(
    "header",
    [None, "", "nonsense", PARENT.upper(), f"ff-{PARENT[3:]}", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"{PARENT}-x"],
)
def test_invalid_parent_begins_a_new_trace(header: str | None) -> None:
    with tracing.span("work", parent=header):
        assert tracing.current_ids()["trace_id"] not in {TRACE, "0" * 32}


def test_spans_are_exported_as_otlp(
    press_settings: ServiceSettings, http_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_exporter", None)
    export_spans(press_settings.model_copy(update={"otel_exporter_otlp_endpoint": http_server.url}), "web")
    with tracing.span("GET /posts", kind="SERVER", parent=PARENT):
        logged = tracing.current_ids()
    assert tracing._exporter
    tracing._exporter.close()
    (request,) = http_server.requests
    assert request.path == "/v1/traces"
    sent = ExportTraceServiceRequest.FromString(request.body).resource_spans[0]
    span = sent.scope_spans[0].spans[0]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, "00f067aa0ba902b7")
    assert span.span_id.hex() == logged["span_id"]
    attributes = {a.key: a.value.string_value for a in sent.resource.attributes}
    assert attributes["service.name"] == "press"


@pytest.mark.parametrize(
    ("parent", "share", "exported"),
    [(None, 1, 1), (None, 0, 0), (PARENT, 0, 1), (f"{PARENT[:-2]}00", 1, 0)],
    ids=["begun here, all", "begun here, none", "chosen by the caller", "left out by the caller"],
)
def test_caller_decides_what_is_exported_and_the_share_of_what_begins_here(
    collected: Collect, parent: str | None, share: float, exported: int
) -> None:
    def work() -> None:
        with tracing.span("work", parent=parent), tracing.span("inner"):
            pass

    assert len(collected(work, otel_traces_sampler_arg=share)) == exported


def test_collector_gets_the_headers_it_asks_for(collected: Collect) -> None:
    def work() -> None:
        with tracing.span("work"):
            pass

    (request,) = collected(work, otel_exporter_otlp_headers="api-key=of-new-relic, other=one")
    assert (request.headers["api-key"], request.headers["other"]) == ("of-new-relic", "one")


Told = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def told(press_settings: ServiceSettings, http_server: LocalServer) -> Told:
    """What the log says of spans while the collector answers so, one after another."""

    def told(*statuses: int, url: str = "") -> list[dict[str, Any]]:
        answers = iter(statuses)
        http_server.reply = lambda _: (next(answers), b"{}")
        http_server.headers["Location"] = "https://collector.example"
        logging.configure(press_settings, "web", stream := io.StringIO())
        batches = Batches(f"{url or http_server.url}/v1/traces", {})
        for _ in statuses:
            batches.export([])
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return told


def test_a_wrong_key_is_said_once_with_its_setting_and_once_that_it_is_right(told: Told) -> None:
    wrong, right = told(200, 403, 403, 200, 200)
    assert (wrong["level"], wrong["event"], wrong["reason"], wrong["setting"]) == (
        "error",
        "spans are lost",
        "the collector answers 403 Forbidden",
        "OTEL_EXPORTER_OTLP_HEADERS",
    )
    assert (right["level"], right["event"]) == ("info", "spans arrive again")


@pytest.mark.parametrize("status", [301, 404, 405])
def test_a_place_that_takes_no_spans_is_said_with_its_setting(told: Told, status: int) -> None:
    (line,) = told(status, status)
    assert f"answers {status} " in line["reason"]
    assert line["setting"] == "OTEL_EXPORTER_OTLP_ENDPOINT"


def test_a_collector_that_is_not_there_is_said_with_its_setting(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0.1")
    (line,) = told(200, url="http://127.0.0.1:9")
    assert (line["level"], line["reason"]) == ("error", "the collector is not reached: ConnectionError")
    assert line["setting"] == "OTEL_EXPORTER_OTLP_ENDPOINT"


def test_nothing_is_set_up_without_an_endpoint(
    press_settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_exporter", None)
    export_spans(press_settings, "web")
    assert tracing._exporter is None
