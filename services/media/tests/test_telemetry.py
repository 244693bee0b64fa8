"""The spans of a request are ours alone, whoever has set a global provider, and tell nothing of its query."""

from collections.abc import Iterator

import httpx
import pytest
from chassis.span_export import SpanExport
from media_service.settings import MediaSettings
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import tracing


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Spans that go to a provider which somebody has made the global one."""
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield spans
    provider.shutdown()


@pytest.fixture
def ours(own_settings: MediaSettings, monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Spans that go to the collector of the settings."""
    spans = InMemorySpanExporter()
    exporting = SpanExport(own_settings.model_copy(update={"otel_exporter_otlp_endpoint": "http://127.0.0.1:9"}), "web")
    exporting.close()
    exporting._provider._active_span_processor._span_processors = (SimpleSpanProcessor(spans),)
    monkeypatch.setattr(tracing, "_exporter", exporting)
    return spans


async def test_request_makes_our_span_and_no_other(
    theirs: InMemorySpanExporter, ours: InMemorySpanExporter, http: httpx.AsyncClient
) -> None:
    with tracing.span("before"):
        pass  # so that it is seen that spans are kept at all
    await http.get("/m/nothing/thumb.webp?token=hunter2")
    made: tuple[ReadableSpan, ...] = ours.get_finished_spans()
    assert [span.name for span in made] == ["before", "GET /m/{asset_id}/{preset}.{extension}"]
    assert "hunter2" not in "".join(span.to_json() for span in made)
    assert theirs.get_finished_spans() == ()
