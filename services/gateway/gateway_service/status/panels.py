"""What the page shows: ``panels.json``, which is written from the dashboards' source in ``ops/``."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LABEL = re.compile(r"\{\{(\w+)\}\}")

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Query:
    """``text`` is what Prometheus is asked; the rest says the same in parts. A legend has labels in double braces."""

    legend: str
    text: str
    function: str
    metric: str
    by: tuple[str, ...]
    where: Labels
    share: float

    def name(self, labels: Labels) -> str:
        """What the line of a group of series is called."""
        return _LABEL.sub(lambda match: labels.get(match[1], ""), self.legend)


@dataclass(frozen=True)
class Panel:
    """One chart, under a heading; units are Grafana's."""

    heading: str
    title: str
    unit: str
    queries: tuple[Query, ...]


@dataclass(frozen=True)
class Line:
    """Points of Unix time and value, oldest first."""

    name: str
    points: list[tuple[float, float]]


def read() -> list[Panel]:
    """The panels, in their order."""
    return [
        Panel(each["heading"], each["title"], each["unit"], tuple(_query(query) for query in each["queries"]))
        for each in json.loads(Path(__file__).with_name("panels.json").read_bytes())
    ]


def _query(fields: dict[str, object]) -> Query:
    return Query(**fields | {"by": tuple(fields["by"])})  # type: ignore[arg-type]
