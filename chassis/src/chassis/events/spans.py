"""The span and the log fields under which an event is handled."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis import tracing
from chassis.events.envelope import Event, handling
from chassis.logging import bind_request, clear_request


@contextmanager
def being_handled(event: Event, *, again: bool) -> Iterator[None]:
    """Do something on behalf of an event: in its trace the first time, in a trace that links to it afterwards."""
    clear_request()
    bind_request(request_id=event.correlation_id)
    token = handling.set(event)
    again = again or event.replay
    parent = None if again else event.traceparent
    try:
        with tracing.span(f"handle {event.type}", kind="CONSUMER", parent=parent) as span:
            if span is not None:
                _describe(span, event, link=event.traceparent if again else None)
            yield
    finally:
        handling.reset(token)


def _describe(span: Any, event: Event, link: str | None) -> None:
    span.set_attributes({"messaging.message.id": str(event.id), "messaging.operation.type": "process"})
    if ids := tracing.parse(link):
        from opentelemetry import trace  # noqa: PLC0415  only where spans are exported

        flags = trace.TraceFlags(int(ids.flags, 16))
        span.add_link(trace.SpanContext(int(ids.trace_id, 16), int(ids.span_id, 16), is_remote=True, trace_flags=flags))
