"""Spans through the OpenTelemetry SDK to an OTLP/HTTP collector. Imported only where an endpoint is set."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.re import parse_env_headers

from chassis.liveness import Watch
from chassis.settings import ServiceSettings
from chassis.tracing import Kind, SpanIds


class SpanExport:
    """Starts real spans; finished ones leave in batches from a thread, and are dropped if the collector is away."""

    def __init__(self, settings: ServiceSettings, process: str) -> None:
        resource = Resource.create(
            {
                "service.name": settings.service,
                "service.version": settings.release,
                "deployment.environment.name": settings.environment,
                "process.command": process,
            }
        )
        endpoint = f"{settings.otel_exporter_otlp_endpoint.rstrip('/')}/v1/traces"
        sampler = ParentBased(TraceIdRatioBased(settings.otel_traces_sampler_arg))
        headers = parse_env_headers(settings.otel_exporter_otlp_headers, liberal=True)
        self._provider = TracerProvider(sampler=sampler, resource=resource)
        before = set(threading.enumerate())
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, headers=headers)))
        threads = set(threading.enumerate()) - before  # the SDK does not show its own
        self._watch = Watch("span-export", alive=lambda: all(thread.is_alive() for thread in threads))
        self._tracer = self._provider.get_tracer("chassis")

    def begin(self, name: str, kind: Kind, above: SpanIds | None) -> tuple[Span, SpanIds]:
        """Start a span below ``above``, to be ended; gives it and its ids."""
        context = trace.set_span_in_context(NonRecordingSpan(remote(above))) if above else None
        span = self._tracer.start_span(name, context, SpanKind[kind])
        own = span.get_span_context()
        return span, SpanIds(
            trace.format_trace_id(own.trace_id),
            trace.format_span_id(own.span_id),
            f"{int(own.trace_flags):02x}",
            own.trace_state.to_header(),
        )

    @contextmanager
    def span(self, name: str, kind: Kind, above: SpanIds | None) -> Iterator[tuple[Span, SpanIds]]:
        """A span below ``above`` as the current one, and its ids."""
        span, ids = self.begin(name, kind, above)
        with trace.use_span(span, end_on_exit=True):
            yield span, ids

    def close(self) -> None:
        """Send what is finished and stop; the SDK does so by itself at exit."""
        self._watch.unregister()
        self._provider.shutdown()


def remote(ids: SpanIds) -> SpanContext:
    """The span of another process, as the SDK wants it."""
    flags, state = TraceFlags(int(ids.flags, 16)), TraceState.from_header([ids.state])
    return SpanContext(
        int(ids.trace_id, 16), int(ids.span_id, 16), is_remote=True, trace_flags=flags, trace_state=state
    )
