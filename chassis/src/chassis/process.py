"""How every process of every service begins."""

from chassis import logging, metrics, sentry, statsd, tracing
from chassis.settings import ServiceSettings


def begin(settings: ServiceSettings, process: str) -> None:
    """Set up logs, errors, traces and figures; ``process`` is ``web``, ``worker``, ``relay`` …

    Call it in the process that does the work: after a server has forked, before it serves.
    """
    logging.configure(settings, process)
    sentry.setup(settings, process)
    tracing.setup(settings, process)
    statsd.setup(settings)
    if process != "web":
        metrics.start_server(settings.metrics_port, settings.metrics_host)
