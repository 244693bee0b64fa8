"""How every process of every service begins."""

from chassis import background_http, log_output, logging, metrics, sentry, statsd, tracing
from chassis.health import Heartbeat
from chassis.settings import ServiceSettings


def begin(settings: ServiceSettings, process: str) -> None:
    """Set up logs, errors, traces and figures; ``process`` is ``web``, ``worker``, ``relay`` …

    Call it in the process that does the work: after a server has forked, before it serves.
    """
    logging.configure(settings, process)
    log_output.count(metrics.counter("log_lines_lost_total").inc)
    sentry.setup(settings, process)
    export_spans(settings, process)
    statsd.setup(settings)
    if process != "web":
        heartbeat = Heartbeat(settings.heartbeat_file)
        heartbeat.clear()
        background_http.serve(settings.metrics_port, settings.metrics_host, heartbeat)


def export_spans(settings: ServiceSettings, process: str) -> None:
    """Export spans from now on if OTEL_EXPORTER_OTLP_ENDPOINT is set; call after forking, before serving."""
    if settings.otel_exporter_otlp_endpoint:
        from chassis.span_export import SpanExport  # noqa: PLC0415  the SDK is heavy, and most run without it

        tracing.export_through(SpanExport(settings, process))
