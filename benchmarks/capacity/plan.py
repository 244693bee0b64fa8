"""The tables of ``docs/capacity.md``: what the measured costs come to, and what 10,000 requests a second would take."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.results import FOLDER

PAGE = FOLDER.parents[1] / "docs/capacity.md"
BUSY = 0.7
"""How much of a core a pod may use, so that a burst and a lost pod have room."""
RATE = 10_000
CDN_SHARE = 0.95
CONNECTIONS = {"auth": 10, "blog": 10, "media": 15}
BACKGROUND = {"auth": 3, "blog": 4, "media": 3}
"""Pods beside web and further workers: relay, beat, a worker, and blog's consumer; three connections each."""
COLUMNS = (
    ("gateway", "gateway"),
    ("auth-web", "auth web"),
    ("blog-web", "blog web"),
    ("media-web", "media web"),
    ("media-worker", "media worker"),
    ("blog-messenger", "blog relay, consumer"),
    ("media-messenger", "media relay"),
    ("postgres", "PostgreSQL"),
    ("rabbitmq", "RabbitMQ"),
)
SERVERS = {"postgres", "rabbitmq"}
Costs = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A kind of request in the mix: its share of all requests in percent, and how many requests a round of it is."""

    id: str
    percent: float
    requests: int = 1

    def rounds_per_second(self, cdn: float = 0) -> float:
        """At RATE, when a CDN answers so much of the pictures."""
        left = 1 - cdn if self.id == "cpu-picture" else 1
        return RATE * self.percent / 100 / self.requests * left


MIX = (
    Part("cpu-picture", 40),
    Part("cpu-detail", 26),
    Part("cpu-list", 20),
    Part("cpu-route", 4),
    Part("cpu-refresh", 5),
    Part("cpu-publish", 3.6, requests=2),
    Part("cpu-login", 1),
    Part("cpu-upload", 0.3),
    Part("cpu-upload-12", 0.1),
)


def write() -> None:
    """Bring the tables up to date."""
    PAGE.write_text(render(PAGE.read_text()))


def render(page: str) -> str:
    """The page with its tables as they have to be."""
    figures = _figures("capacity")
    tables = {
        "costs": _costs(figures),
        "pods": _pods(figures),
        "plan": _plan(figures),
        "connections": _connections(figures),
        "events": _events(figures, _figures("events")),
    }
    for name, rows in tables.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        page = re.sub(f"{begin}.*?{end}", f"{begin}{table}{end}", page, flags=re.DOTALL)
    return page


def _figures(name: str) -> Costs:
    return {figure["id"]: figure for figure in json.loads((FOLDER / f"{name}.json").read_text())["figures"]}


def _head(first: str, *numbers: str) -> list[Sequence[str]]:
    return [(first, *numbers), ("---", *("---:" for _ in numbers))]


def _costs(figures: Costs) -> list[Sequence[str]]:
    rows = _head("CPU µs", *(title for _, title in COLUMNS), "all")
    for part in MIX:
        figure = figures[part.id]
        each = (f"{figure['beside'][name]:,}" if name in figure["beside"] else "" for name, _ in COLUMNS)
        rows.append((figure["what"], *each, f"{figure['value']:,}"))
    return rows


def _pods(figures: Costs) -> list[Sequence[str]]:
    """How many a second one pod of each kind bears, and one core of PostgreSQL."""
    rows = _head("a second, at 70 % of a core", "gateway", "service", "worker", "PostgreSQL")
    for part in MIX:
        beside = figures[part.id]["beside"]
        service = max((name for name in beside if name.endswith("-web")), key=lambda name: float(beside[name]))
        names = ("gateway", service, "media-worker", "postgres")
        each = (f"{BUSY * 1e6 / beside[name]:,.0f}" if beside.get(name) else "" for name in names)
        rows.append((figures[part.id]["what"], *each))
    return rows


def _cores(figures: Costs, component: str, cdn: float = 0) -> float:
    micros: Iterator[float] = (
        figures[part.id]["beside"].get(component, 0) * part.rounds_per_second(cdn) for part in MIX
    )
    return sum(micros) / 1e6


def _pods_of(figures: Costs, component: str, cdn: float = 0) -> int:
    return max(2, math.ceil(_cores(figures, component, cdn) / BUSY))


def _plan(figures: Costs) -> list[Sequence[str]]:
    rows = _head("at 10,000 requests/s", "cores busy", "pods", "GB", "cores busy, CDN", "pods, CDN", "GB, CDN")
    rows += [(title, *_needs(figures, name, 0), *_needs(figures, name, CDN_SHARE)) for name, title in COLUMNS]
    sums = (f"{sum(_cores(figures, name, cdn) for name, _ in COLUMNS):.1f}" for cdn in (0, CDN_SHARE))
    rows.append(("all", next(sums), "", "", next(sums), "", ""))
    return rows


def _needs(figures: Costs, component: str, cdn: float) -> Iterator[str]:
    yield f"{_cores(figures, component, cdn):.1f}"
    pods = _pods_of(figures, component, cdn)
    yield "" if component in SERVERS else str(pods)
    yield "" if component in SERVERS else f"{pods * figures['memory']['beside'][component] / 1000:.1f}"


def _connections(figures: Costs) -> list[Sequence[str]]:
    rows = _head("database of", "web pods", "connections each", "background pods", "at most", "at most, CDN")
    for service, each in CONNECTIONS.items():
        web = _pods_of(figures, f"{service}-web")
        workers = _pods_of(figures, "media-worker") - 1 if service == "media" else 0
        behind = BACKGROUND[service] + workers
        most = web * each + behind * 3
        cdn = _pods_of(figures, f"{service}-web", CDN_SHARE) * each + behind * 3
        rows.append((service, str(web), str(each), str(behind), str(most), str(cdn)))
    return rows


def _events(figures: Costs, measured: Costs) -> list[Sequence[str]]:
    rows = _head("events a second", "in this mix", "one process bears", "CPU µs each there")
    for word, title, figure, cpu in (
        ("published", "relays: outbox to confirmed", measured["P3"], "cpu µs"),
        ("handled", "blog's consumer", measured["consumer-rate"], "cpu µs/event"),
    ):
        rate = sum(figures[part.id]["beside"].get(f"events {word}", 0) * part.rounds_per_second() for part in MIX)
        rows.append((title, f"{rate:,.0f}", f"{figure['value']:,}", f"{figure['beside'][cpu]:,}"))
    return rows


if __name__ == "__main__":
    write()
