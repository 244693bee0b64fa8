"""Prometheus metrics, each declared once in the catalogue ``ops/metrics.yaml``."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, cast

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess
from prometheus_client.exposition import choose_encoder

from chassis import metric_files, packaged_data, tracing

TRACE = "trace_id"
"""The label of exemplars, as Grafana looks for it."""
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that have a label of their own; clients make up others, which are ``_OTHER`` together."""

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # twice the series, and nobody reads them
if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    metric_files.install()
_made: dict[str, Any] = {}
_making = threading.Lock()


class MetricInfo(TypedDict, total=False):
    """One entry of the catalogue."""

    name: str
    type: str
    unit: str
    labels: list[str]
    meaning: str
    buckets: list[float]
    across_processes: str


@cache
def catalogue() -> dict[str, MetricInfo]:
    """Every metric there is, by name."""
    return {entry["name"]: entry for entry in packaged_data.read_yaml("metrics.yaml")["metrics"]}


def metric(name: str) -> Any:
    """The metric of that name as the catalogue declares it; raises KeyError for one that is not in it."""
    if name not in _made:
        with _making:  # the first two requests of a process may come at once, and a name can be registered once
            if name not in _made:
                _made[name] = _make(name, catalogue()[name])
    return _made[name]


def _make(name: str, info: MetricInfo) -> Any:
    labels = info.get("labels", [])
    match info["type"]:
        case "counter":
            return Counter(name, info["meaning"], labels)
        case "histogram":
            return Histogram(name, info["meaning"], labels, buckets=info["buckets"])
        case _:
            return Gauge(name, info["meaning"], labels, multiprocess_mode=cast("Any", info["across_processes"]))


def counter(name: str) -> Counter:
    return cast("Counter", metric(name))


def gauge(name: str) -> Gauge:
    return cast("Gauge", metric(name))


def histogram(name: str) -> Histogram:
    return cast("Histogram", metric(name))


class RequestTimer:
    """What is learned about a request on its way: its route template and its status."""

    __slots__ = ("route", "started", "status")

    def __init__(self) -> None:
        self.route = "unknown"
        self.status = 500
        self.started = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started


@contextmanager
def http_request(method: str) -> Iterator[RequestTimer]:
    """Count and time one request of the HTTP family all services share; set route and status before leaving."""
    known = method if method in KNOWN_METHODS else "_OTHER"
    active = gauge("http_server_active_requests").labels(known)
    timer = RequestTimer()
    active.inc()
    try:
        yield timer
    finally:
        active.dec()
        duration = histogram("http_server_request_duration_seconds")
        trace_id = tracing.sampled_trace_id()
        exemplar = {TRACE: trace_id} if trace_id else None
        duration.labels(known, timer.route, str(timer.status)).observe(timer.seconds, exemplar)


def render(accept: str = "") -> tuple[bytes, str]:
    """``/metrics`` and its content type: of all worker processes where PROMETHEUS_MULTIPROC_DIR is set and there.

    A scraper that takes OpenMetrics is also told traces that took so long, but where worker processes add up:
    prometheus_client 0.26 keeps no exemplars in its files.
    """
    registry = prometheus_client.REGISTRY
    if Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR", os.devnull)).is_dir():
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def forget_process(pid: int) -> None:
    """Drop the gauges of a worker that died; for gunicorn's ``child_exit``."""
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
