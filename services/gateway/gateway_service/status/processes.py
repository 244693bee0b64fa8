"""The figures of the last hour where no Prometheus keeps them: from looks at the processes, every few seconds.

A rate is that of the last five minutes, as in the dashboards; what a counter lost by a restart of its process counts
from 0 again, and a series that is new since the look before has come from 0.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

import urllib3
from prometheus_client.parser import text_string_to_metric_families

from gateway_service.status.asking import connections
from gateway_service.status.panels import Labels, Line, Panel, Query

EVERY_SECONDS = 15.0
LOOKS = 240  # an hour
WINDOW_SECONDS = 300.0

Series = tuple[str, frozenset[tuple[str, str]]]
Group = tuple[str, ...]


class Processes:
    """Looks at the ``/metrics`` of each process by its name, such as ``auth-web``; names are jobs of Prometheus'."""

    def __init__(self, urls: Mapping[str, str], panels: Iterable[Panel]) -> None:
        self._urls = urls
        self._queries = [query for panel in panels for query in panel.queries]
        self._http = connections()
        self._seen: dict[str, dict[Series, float]] = {}
        self._grown: deque[tuple[float, dict[Series, float]]] = deque()
        self._last: float | None = None
        self._points: dict[str, dict[Group, deque[tuple[float, float]]]] = {
            query.text: defaultdict(lambda: deque(maxlen=LOOKS)) for query in self._queries
        }
        self._drawing = threading.Lock()
        self.answering: dict[str, bool] = {}

    def start(self) -> None:
        """Look from a thread until the process ends."""
        threading.Thread(target=self._look_forever, name="status", daemon=True).start()

    def _look_forever(self) -> None:
        while True:
            self.look(time.time())
            time.sleep(EVERY_SECONDS)

    def look(self, now: float) -> None:
        """Ask every process once; those that do not answer are noted, and keep their last figures."""
        grown: dict[Series, float] = defaultdict(float)
        told: dict[Series, float] = {}
        for job, url in self._urls.items():
            seen = self._ask(job, url)
            self.answering[job] = seen is not None
            if seen is None:
                continue
            told |= seen
            if (before := self._seen.get(job)) is not None:
                for series, value in seen.items():
                    grown[series] += value - before.get(series, 0.0) if value >= before.get(series, 0.0) else value
            self._seen[job] = seen
        with self._drawing:
            self._keep(now, grown, told)

    def lines(self, query: Query) -> list[Line]:
        """What its chart shows."""
        with self._drawing:
            groups = {group: list(points) for group, points in self._points[query.text].items()}
        return [Line(query.name(dict(zip(query.by, group, strict=True))), points) for group, points in groups.items()]

    def _ask(self, job: str, url: str) -> dict[Series, float] | None:
        try:
            answer = self._http.request("GET", url)
            return self._read(job, answer.data.decode()) if answer.status == HTTPStatus.OK else None
        except (urllib3.exceptions.HTTPError, ValueError):
            return None

    def _read(self, job: str, text: str) -> dict[Series, float]:
        metrics = tuple({query.metric for query in self._queries if query.where.get("job", job) == job})
        wanted = [line for line in text.splitlines() if line.startswith(metrics)]
        return {
            (sample.name, frozenset(_labels(job, sample.labels).items())): sample.value
            for family in text_string_to_metric_families("\n".join(wanted) + "\n")
            for sample in family.samples
        }

    def _keep(self, now: float, grown: dict[Series, float], told: dict[Series, float]) -> None:
        if self._last is not None:
            self._grown.append((now - self._last, grown))
        self._last = now
        while len(self._grown) > 1 and sum(seconds for seconds, _ in self._grown) > WINDOW_SECONDS:
            self._grown.popleft()
        seconds = sum(seconds for seconds, _ in self._grown)
        window: dict[Series, float] = defaultdict(float)
        for _, each in self._grown:
            for series, amount in each.items():
                window[series] += amount
        for query in self._queries:
            for group, value in _answers(query, window, told, seconds):
                self._points[query.text][group].append((now, value))


def _labels(job: str, labels: Labels) -> Labels:
    """Labels as Prometheus has them: a label of its own that a metric has too is the metric's ``exported_`` one."""
    own = {"job": job, "service": job.rpartition("-")[0] or job}
    return {(f"exported_{name}" if name in own else name): value for name, value in labels.items()} | own


def _answers(
    query: Query, window: Mapping[Series, float], told: Mapping[Series, float], seconds: float
) -> Iterator[tuple[Group, float]]:
    match query.function:
        case "largest":
            for group, values in _grouped(query, query.metric, told).items():
                yield group, max(value for _, value in values)
        case "per second" if seconds:
            for group, values in _grouped(query, query.metric, window).items():
                yield group, sum(value for _, value in values) / seconds
        case "within":
            for group, values in _grouped(query, f"{query.metric}_bucket", window).items():
                if (value := quantile(query.share, values)) is not None:
                    yield group, value


def _grouped(query: Query, metric: str, figures: Mapping[Series, float]) -> dict[Group, list[tuple[Labels, float]]]:
    groups: dict[Group, list[tuple[Labels, float]]] = defaultdict(list)
    for (name, pairs), value in figures.items():
        if name == metric:
            labels = dict(pairs)
            if query.where.items() <= labels.items():
                groups[tuple(labels.get(label, "") for label in query.by)].append((labels, value))
    return groups


def quantile(share: float, buckets: Iterable[tuple[Labels, float]]) -> float | None:
    """The value that ``share`` of the observations are below, as Prometheus' histogram_quantile has it.

    Buckets are cumulative, with their upper bound as ``le``. None where nothing was observed.
    """
    counts: dict[float, float] = defaultdict(float)
    for labels, count in buckets:
        counts[float(labels["le"])] += count
    bounds = sorted(counts)
    if not bounds or not counts[bounds[-1]]:
        return None
    rank = share * counts[bounds[-1]]
    place = next(number for number, bound in enumerate(bounds) if counts[bound] >= rank)
    if bounds[place] == float("inf"):
        return bounds[place - 1] if place else None
    lower, below = (bounds[place - 1], counts[bounds[place - 1]]) if place else (0.0, 0.0)
    inside = counts[bounds[place]] - below
    return lower + (bounds[place] - lower) * ((rank - below) / inside if inside else 1.0)
