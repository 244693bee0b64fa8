"""Metrics of several processes on one page: added up, or as the catalogue says of each gauge."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from chassis.metrics import catalogue
from prometheus_client import REGISTRY, Metric, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

Page = list[Any]
"""What a process counts, as JSON: of each metric its name, type and meaning, and its samples by name and labels."""
_GROWING = frozenset({"counter", "histogram"})
_OF_PROCESSES: dict[str, Callable[[Iterable[float]], float]] = {
    "process_start_time_seconds": min,
    "process_max_fds": min,
    "python_info": max,
}
_ACROSS: dict[str, Callable[[Iterable[float]], float]] = {"livesum": sum, "livemin": min, "livemax": max}


def page() -> Page:
    """The page of this process."""
    return [
        [metric.name, metric.type, metric.documentation, [[s.name, s.labels, s.value] for s in metric.samples]]
        for metric in REGISTRY.collect()
    ]


def growing(figures: Page) -> Page:
    """What is not lost with its process: sums would go back, and seem to have begun anew."""
    return [metric for metric in figures if metric[1] in _GROWING]


def merged(pages: Iterable[Page]) -> Page:
    """One page of all."""
    found: dict[str, tuple[str, str, dict[Any, list[float]]]] = {}
    for figures in pages:
        for name, kind, meaning, samples in figures:
            values = found.setdefault(name, (kind, meaning, {}))[2]
            for sample, labels, value in samples:
                values.setdefault((sample, tuple(labels.items())), []).append(value)
    return [[name, kind, meaning, _added(name, kind, values)] for name, (kind, meaning, values) in found.items()]


def _added(name: str, kind: str, values: dict[Any, list[float]]) -> list[list[Any]]:
    across = _across(name, kind)
    return [[sample, dict(labels), across(each)] for (sample, labels), each in values.items()]


def _across(name: str, kind: str) -> Callable[[Iterable[float]], float]:
    if kind in _GROWING or name not in catalogue():
        return _OF_PROCESSES.get(name, sum)
    return _ACROSS[catalogue()[name].get("across_processes", "livesum")]


def rendered(figures: Page) -> bytes:
    """The text of ``/metrics``."""
    registry = CollectorRegistry()
    registry.register(_Given(figures))
    return generate_latest(registry)


class _Given(Collector):
    def __init__(self, figures: Page) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        for name, kind, meaning, samples in self._figures:
            metric = Metric(name, meaning, kind)
            for sample, labels, value in samples:
                metric.add_sample(sample, labels, value)
            yield metric
