"""The span and the log fields under which an event is handled."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chassis import tracing
from chassis.events.envelope import Event, handling
from chassis.logging import bind_request, clear_request


@contextmanager
def handling_span(event: Event, *, retry: bool) -> Iterator[None]:
    """Do something on behalf of an event: in its trace the first time, in a trace that links to it afterwards."""
    clear_request()
    bind_request(request_id=event.correlation_id)
    token = handling.set(event)
    is_late = retry or event.replay
    parent, state = (None, None) if is_late else (event.traceparent, event.tracestate)
    try:
        with tracing.span(f"handle {event.type}", kind="CONSUMER", parent=parent, state=state) as span:
            if span is not None:
                _describe(span, event, link=is_late)
            yield
    finally:
        handling.reset(token)
        clear_request()


def _describe(span: Any, event: Event, *, link: bool) -> None:
    span.set_attributes({"messaging.message.id": str(event.id), "messaging.operation.type": "process"})
    origin = tracing.parse(event.traceparent, event.tracestate)
    if link and origin:
        from chassis.span_export import remote  # noqa: PLC0415  only where spans are exported

        span.add_link(remote(origin))
