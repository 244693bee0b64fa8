"""The spans of events: a child on first delivery, a link on whatever comes later, one trace to the very end."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from chassis.events import parked_events
from chassis.events.database import Execute, Handler
from chassis.events.databases.plain import PlainDatabase
from chassis.events.envelope import Event, decode, encode, replayed
from chassis.events.inbox import LADDER, Inbox, Outcome
from chassis.events.relay import Relay
from chassis.events.topology import Queue
from chassis.events.transports import Transport
from chassis.jobs import Job, celery_app
from chassis.process import export_spans
from chassis.settings import ServiceSettings
from chassis.span_export import SpanExport
from chassis.testing import LocalServer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from chassis import tracing
from tests.support.events import PRINTED, printed, publish, take, wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
STATE = "vendor=t61rcWkgMzE,other=2"
CONSUMER = "reader.press-events"
HANDLE = f"handle {PRINTED}"
JOBS = """
from typing import ClassVar
from chassis.jobs import celery_app
from chassis.settings import ServiceSettings, load

class PressSettings(ServiceSettings):
    service: ClassVar[str] = "press"

app = celery_app(load(PressSettings), tasks=[])

@app.task(name="bind")
def bind():
    pass
"""
Spans = Callable[[str], list[Any]]


@pytest.fixture
def spans(
    press_settings: ServiceSettings, http_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Spans]:
    """The finished spans of a name, as a collector got them."""
    monkeypatch.setattr(tracing, "_exporter", None)
    export_spans(press_settings.model_copy(update={"otel_exporter_otlp_endpoint": http_server.url}), "consumer")
    exporter = tracing._exporter
    assert isinstance(exporter, SpanExport)

    def finished(name: str) -> list[Any]:
        exporter._provider.force_flush()
        sent = [ExportTraceServiceRequest.FromString(request.body) for request in list(http_server.requests)]
        return [
            span
            for each in sent
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
            if span.name == name
        ]

    yield finished
    exporter.close()


@pytest.fixture
def event() -> Event:
    """An event of a traced request."""
    with tracing.span("POST", kind="SERVER", parent=PARENT, state=STATE):
        return printed()


def failing(_execute: Execute, _event: Event) -> None:
    raise RuntimeError("out of paper")


def succeeding(_execute: Execute, _event: Event) -> None:
    pass


def inbox(database: PlainDatabase, handler: Handler) -> Inbox:
    return Inbox(database, CONSUMER, {PRINTED: handler}, jitter=lambda: 0)


def is_child(span: Any, event: Event) -> bool:
    caller = tracing.parse(event.traceparent)
    assert caller
    return (span.trace_id.hex(), span.parent_span_id.hex(), len(span.links)) == (caller.trace_id, caller.span_id, 0)


def only_links(span: Any, event: Event) -> bool:
    caller = tracing.parse(event.traceparent)
    assert caller
    links = [(link.trace_id.hex(), link.span_id.hex()) for link in span.links]
    assert span.trace_id.hex() != caller.trace_id
    return links == [(caller.trace_id, caller.span_id)] and not span.parent_span_id


def test_event_carries_what_others_said_of_the_trace(event: Event) -> None:
    assert event.tracestate == STATE
    assert decode(encode(event)) == event


def test_first_delivery_is_a_child_of_the_publisher(database: PlainDatabase, event: Event, spans: Spans) -> None:
    assert inbox(database, succeeding).receive(event, encode(event)) is Outcome.HANDLED
    [span] = spans(HANDLE)
    assert is_child(span, event)
    assert (span.trace_state, span.kind) == (STATE, span.SPAN_KIND_CONSUMER)


def test_retry_only_links_to_the_publisher(database: PlainDatabase, event: Event, spans: Spans) -> None:
    inbox(database, failing).receive(event, encode(event))
    assert inbox(database, succeeding).retry_due() is Outcome.HANDLED
    first, again = spans(HANDLE)
    assert is_child(first, event)
    assert only_links(again, event)


def test_redriven_event_only_links_to_the_publisher(database: PlainDatabase, event: Event, spans: Spans) -> None:
    reader = inbox(database, failing)
    reader.receive(event, encode(event))
    assert [reader.retry_due() for _ in LADDER][-1] is Outcome.DEAD
    assert parked_events.redrive(database, CONSUMER, str(event.id))
    assert inbox(database, succeeding).retry_due() is Outcome.HANDLED
    assert only_links(spans(HANDLE)[-1], event)


def test_replayed_copy_only_links_to_the_publisher(database: PlainDatabase, event: Event, spans: Spans) -> None:
    copy = replayed(event)
    assert inbox(database, succeeding).receive(copy, encode(copy)) is Outcome.HANDLED
    assert only_links(spans(HANDLE)[0], event)


def test_effects_of_a_handler_are_in_the_trace_of_their_cause(database: PlainDatabase, event: Event) -> None:
    effects: list[Event] = []
    reader = inbox(database, lambda _execute, _event: effects.append(printed(2)))
    reader.receive(event, encode(event))
    [effect] = effects
    ids = tracing.parse(effect.traceparent)
    assert ids
    assert (ids.trace_id, effect.tracestate) == (TRACE, STATE)


@pytest.fixture
def jobs(tmp_path: Path, press_settings: ServiceSettings, http_server: LocalServer) -> Iterator["Celery[Job]"]:
    """The jobs of the press, and a worker that does them and exports its spans."""
    (tmp_path / "press_jobs.py").write_text(JOBS)
    url = f"sqlite:///{tmp_path}/jobs.sqlite3"
    environment = {
        "PYTHONPATH": str(tmp_path),
        "JOBS_URL": url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": http_server.url,
        "OTEL_BSP_SCHEDULE_DELAY": "100",  # milliseconds
    }
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "press_jobs", "worker", "--pool=solo"]
    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
            cwd=tmp_path,
        )
    yield celery_app(press_settings.model_copy(update={"jobs_url": url, "var_dir": tmp_path}), tasks=[])
    worker.terminate()
    assert worker.wait(30) == 0


def test_one_trace_leads_from_a_request_over_outbox_and_broker_into_a_job(
    *, database: PlainDatabase, transport: Transport, queue: Queue, event: Event, spans: Spans, jobs: "Celery[Job]"
) -> None:
    transport.apply([queue])
    publish(database, event)
    with closing(transport.publisher()) as publisher:
        assert Relay(database, publisher).relay_pending() == 1

    def queue_job(_execute: Execute, _event: Event) -> None:
        jobs.send_task("bind")

    with closing(transport.subscribe([queue.name], prefetch=1)) as subscription:
        [delivery] = take(subscription, 1)
        inbox(database, queue_job).receive(decode(delivery.body), delivery.body)
        subscription.ack([delivery])

    wait_until(lambda: spans("bind"))
    [handled], [done] = spans(HANDLE), spans("bind")
    assert is_child(handled, event)
    assert (done.trace_id.hex(), done.parent_span_id, done.trace_state) == (TRACE, handled.span_id, STATE)
