"""Metrics of a process with one thread, counted in plain numbers: a fifth of the cost where each request counts some.

They are of the catalogue as those of ``chassis.metrics``, and on the same page; a process has each of one kind only.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate
from typing import Generic, TypeVar

from prometheus_client import REGISTRY, Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

from chassis.metrics import TRACE, MetricInfo, catalogue
from chassis.tracing import SpanIds


class Count:
    """A counter with its labels."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def inc(self) -> None:
        self.value += 1


class Durations:
    """A histogram with its labels; ``counts`` has one more than ``bounds``, for what is beyond the last.

    Each bucket has the last trace that fell into it and is kept somewhere, to be looked up.
    """

    __slots__ = ("bounds", "counts", "exemplars", "sum")

    def __init__(self, bounds: list[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.exemplars: list[Exemplar | None] = [None] * len(self.counts)
        self.sum = 0.0

    def observe(self, seconds: float, trace: SpanIds | None = None) -> None:
        bucket = bisect_left(self.bounds, seconds)
        self.counts[bucket] += 1
        self.sum += seconds
        if trace and trace.is_sampled:
            self.exemplars[bucket] = Exemplar({TRACE: trace.trace_id}, seconds, time.time())

    def buckets(self) -> list[tuple[str, float] | tuple[str, float, Exemplar]]:
        """How many took at most so long, by the bound as Prometheus writes it."""
        bounds = map(floatToGoString, [*self.bounds, float("inf")])
        buckets = zip(bounds, accumulate(self.counts), self.exemplars, strict=True)
        return [(bound, count, last) if last else (bound, count) for bound, count, last in buckets]


T = TypeVar("T", Count, Durations)


class Tallies(Collector, Generic[T]):
    """All tallies of one metric, by the values of its labels."""

    def __init__(self, info: MetricInfo, make: Callable[[], T], registry: CollectorRegistry = REGISTRY) -> None:
        self._info = info
        self._make: Callable[[], T] = make
        self._tallies: dict[tuple[str, ...], T] = {}
        registry.register(self)

    def labels(self, *values: str) -> T:
        """The tally with these labels; worth keeping, for who counts much."""
        if values not in self._tallies:
            self._tallies[values] = self._make()
        return self._tallies[values]

    def collect(self) -> Iterator[Metric]:
        """For the page of metrics."""
        name, meaning, names = self._info["name"], self._info["meaning"], self._info.get("labels", [])
        counter = CounterMetricFamily(name, meaning, labels=names)
        histogram = HistogramMetricFamily(name, meaning, labels=names)
        for values, tally in self._tallies.items():
            if isinstance(tally, Count):
                counter.add_metric(values, tally.value)
            else:
                histogram.add_metric(values, tally.buckets(), tally.sum)
        yield histogram if self._info["type"] == "histogram" else counter


@cache
def counts(name: str) -> Tallies[Count]:
    """The counter of that name; raises KeyError for one that is not in the catalogue."""
    return Tallies(catalogue()[name], Count)


@cache
def durations(name: str) -> Tallies[Durations]:
    """The histogram of that name; raises KeyError as above."""
    info = catalogue()[name]
    return Tallies(info, lambda: Durations(info["buckets"]))
