"""What is kept of every exchange: figures, and a line in the log."""

import time
from collections.abc import Collection
from functools import partial

from chassis.metrics import KNOWN_METHODS, counter, gauge
from chassis.tallies import Durations, durations

from chassis import statsd
from gateway_service.access_log import AccessLog
from gateway_service.chain.livez import LIVEZ
from gateway_service.exchange import Exchange


class Record:
    """Counts exchanges. What it counts with is kept: finding it again costs more than counting."""

    def __init__(self, log: AccessLog, active: Collection[Exchange]) -> None:
        self._log = log
        self._durations: dict[tuple[str, str, int], Durations] = {}
        self._upstreams: dict[str, Durations] = {}
        for method in KNOWN_METHODS:
            gauge("http_server_active_requests").labels(method).set_function(partial(_count, active, method))

    def exchange(self, exchange: Exchange) -> None:
        """Take down one exchange that has ended."""
        seconds = time.perf_counter() - exchange.started
        method = exchange.method if exchange.method in KNOWN_METHODS else "_OTHER"
        self._duration(method, exchange.template, exchange.status).observe(seconds, exchange.trace)
        if exchange.upstream_seconds is not None and exchange.target:
            self._upstream(exchange.target.upstream).observe(exchange.upstream_seconds)
        if exchange.code:
            counter("gateway_refusals_total").labels(exchange.code).inc()
            statsd.incr(f"refusals.{exchange.code}")
        if exchange.template != LIVEZ:  # balancers ask every second
            self._log.write(exchange, method, seconds)

    def _duration(self, method: str, template: str, status: int) -> Durations:
        key = (method, template, status)
        child = self._durations.get(key)
        if child is None:
            child = durations("http_server_request_duration_seconds").labels(method, template, str(status))
            self._durations[key] = child
        return child

    def _upstream(self, name: str) -> Durations:
        child = self._upstreams.get(name)
        if child is None:
            child = self._upstreams[name] = durations("gateway_upstream_duration_seconds").labels(name)
        return child


def _count(active: Collection[Exchange], method: str) -> float:
    return sum(exchange.method == method for exchange in active)
