"""``make chart`` writes how Graphite keeps figures into ``ops/graphite/``; the launcher and Compose use it.

StatsD sends a counter as ``stats_counts.<name>``, what came in since the last time, and as ``stats.<name>``, the same
for a second; of a timer it sends several statistics below ``stats.timers.<name>``.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "graphite"
CATALOGUE = Path(__file__).parent / "metrics.yaml"
HEAD = "# `make chart` writes this from ops/metrics.yaml.\n"
BEFORE = {"counter": r"(stats_counts|stats)\.", "timer": r"stats\.timers\."}
AFTER = {"counter": "$", "timer": r"\."}
AGGREGATIONS = {  # the first that matches decides; 0: however few points there are, they make a coarser one
    "counts": (r"^stats_counts\.|\.(count|sum|sum_squares)(_\d+)?$", "sum"),
    "slowest": (r"\.upper(_\d+)?$", "max"),
    "fastest": (r"\.lower(_\d+)?$", "min"),
    "rest": (r".*", "average"),
}


def documents() -> dict[Path, str]:
    """Every file with what it should hold."""
    catalogue = yaml.safe_load(CATALOGUE.read_text())
    return {
        FOLDER / "storage-schemas.conf": HEAD + "".join(_schemas(catalogue)),
        FOLDER / "storage-aggregation.conf": HEAD + "".join(_aggregations()),
    }


def write() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in documents().items():
        path.write_text(text)


def _schemas(catalogue: Mapping[str, Any]) -> list[str]:
    sections = [
        f"\n[{re.sub('[^a-z]+', '-', figure['name']).strip('-')}]\npattern = {pattern(figure)}\n"
        f"retentions = {figure['retention']}\n"
        for figure in catalogue["figures"]
        if "retention" in figure
    ]
    return [*sections, f"\n[rest]\npattern = .*\nretentions = {catalogue['figures_retention']}\n"]


def pattern(figure: Mapping[str, str]) -> str:
    """What Graphite calls the series of a figure."""
    name = re.sub(r"\\{\w+\\}", r"[^.]+", re.escape(figure["name"]))
    return f"^{BEFORE[figure['type']]}broadsheet\\.{name}{AFTER[figure['type']]}"


def _aggregations() -> list[str]:
    return [
        f"\n[{name}]\npattern = {matched}\nxFilesFactor = 0\naggregationMethod = {method}\n"
        for name, (matched, method) in AGGREGATIONS.items()
    ]
