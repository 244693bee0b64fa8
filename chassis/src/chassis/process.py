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
    tracing.setup(settings, process)
    statsd.setup(settings)
    if process != "web":
        heartbeat = Heartbeat(settings.heartbeat_file)
        heartbeat.clear()
        background_http.serve(settings.metrics_port, settings.metrics_host, heartbeat)
