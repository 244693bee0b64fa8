"""Spans through the OpenTelemetry SDK to an OTLP/HTTP collector. Imported only where an endpoint is set."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import requests
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.re import parse_env_headers

from chassis.liveness import Watch
from chassis.logging import get_logger
from chassis.settings import ServiceSettings
from chassis.tracing import Kind, SpanIds

_KEY_IS_WRONG = {401, 403}
_SDK = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
log = get_logger()


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
        self.share = settings.otel_traces_sampler_arg
        headers = parse_env_headers(settings.otel_exporter_otlp_headers, liberal=True)
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource)  # tracing has chosen
        before = set(threading.enumerate())
        self._provider.add_span_processor(BatchSpanProcessor(Batches(endpoint, headers)))
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


class Batches(OTLPSpanExporter):
    """Sends batches, and says once why the collector takes none, and once that it takes them again.

    The SDK would say so with every batch, and name no setting.
    """

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        self._session = _Session()
        self._told = ""
        logging.getLogger(_SDK).setLevel(logging.CRITICAL)
        super().__init__(endpoint=endpoint, headers=headers, session=self._session)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._session.forget()
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS and not self._session.trouble:
            self._tell("")
            return result
        self._tell(self._session.trouble or "they cannot be sent")
        return SpanExportResult.FAILURE

    def _tell(self, trouble: str) -> None:
        if trouble == self._told:
            return
        self._told = trouble
        if trouble:
            log.error("spans are lost", reason=trouble, setting=self._session.setting)
        else:
            log.info("spans arrive again")


class _Session(requests.Session):
    """What came of the last request: ``trouble``, empty for none, and the ``setting`` that it is a matter of."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.trouble, self.setting = "", "OTEL_EXPORTER_OTLP_ENDPOINT"

    def request(self, *arguments: Any, **named: Any) -> requests.Response:
        self.forget()
        try:
            answer = super().request(*arguments, **named)
        except requests.RequestException as error:
            self.trouble = f"the collector is not reached: {type(error).__name__}"
            raise
        if answer.status_code >= 300:  # the SDK takes a redirect for success, and follows none
            self.trouble = f"the collector answers {answer.status_code} {answer.reason}"
        if answer.status_code in _KEY_IS_WRONG:
            self.setting = "OTEL_EXPORTER_OTLP_HEADERS"
        return answer


def remote(ids: SpanIds) -> SpanContext:
    """The span of another process, as the SDK wants it."""
    flags, state = TraceFlags(int(ids.flags, 16)), TraceState.from_header([ids.state])
    return SpanContext(
        int(ids.trace_id, 16), int(ids.span_id, 16), is_remote=True, trace_flags=flags, trace_state=state
    )
