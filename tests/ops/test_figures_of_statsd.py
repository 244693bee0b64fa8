"""StatsD is told what the catalogue declares, and Graphite keeps it as the catalogue says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from launcher.settings import SERVICES
from ops import graphite

ROOT = Path(__file__).parents[2]
FIGURES = yaml.safe_load(graphite.CATALOGUE.read_text())["figures"]
METRICS = {metric["name"] for metric in yaml.safe_load(graphite.CATALOGUE.read_text())["metrics"]}
CALLS = {"incr": "counter", "timing": "timer"}
OF_EVENTS = ("{}.{}.{}", "counter")
"""Named after the event's type, which the relay knows."""


def told() -> Iterator[tuple[str, str]]:
    """Name and type of each figure that code tells; what it fills in is ``{}``."""
    for folder, service in [("chassis/src", "{}")] + [(f"services/{name}/{name}_service", name) for name in SERVICES]:
        for text in (path.read_text() for path in (ROOT / folder).rglob("*.py")):
            for call in ast.walk(ast.parse(text)) if "statsd." in text else ():
                match call:
                    case ast.Call(func=ast.Attribute(value=ast.Name("statsd"), attr=attribute), args=[name, *_]):
                        if attribute in CALLS:
                            yield f"{service}.{_text(name)}", CALLS[attribute]


def _text(name: ast.expr) -> str:
    match name:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case _:
            return "{}.{}"


def test_every_figure_told_is_declared_and_every_declared_one_told() -> None:
    declared = {(re.sub(r"\{\w+\}", "{}", figure["name"]), figure["type"]) for figure in FIGURES}
    assert set(told()) == declared
    assert OF_EVENTS in declared


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: str(figure["name"]))
def test_figure_names_a_metric_there_is_and_how_long_it_is_kept(figure: dict[str, str]) -> None:
    assert figure["meaning"]
    assert figure["unit"]
    assert figure.get("prometheus", "jobs_run_total") in METRICS
    assert re.fullmatch(r"\d+s:\d+[hd](,\d+m:\d+[dy])+", figure.get("retention", "10s:6h,1m:7d"))


@pytest.mark.parametrize("path", sorted(graphite.documents()), ids=lambda path: path.name)
def test_file_of_graphite_is_fresh(path: Path) -> None:
    assert path.read_text() == graphite.documents()[path], "run `make chart`, then read what changed"


@pytest.mark.parametrize(
    ("series", "section"),
    [
        ("stats_counts.broadsheet.gateway.refusals.rate_limited", "gateway-refusals-code"),
        ("stats.broadsheet.gateway.refusals.rate_limited", "gateway-refusals-code"),
        ("stats.timers.broadsheet.media.jobs.rendition_make.upper_90", "service-jobs-job"),
        ("stats_counts.broadsheet.auth.user.registered", "rest"),
    ],
)
def test_series_is_kept_as_its_figure_says(series: str, section: str) -> None:
    assert _first(graphite.FOLDER / "storage-schemas.conf", series) == section


@pytest.mark.parametrize(
    ("series", "section"),
    [
        ("stats_counts.broadsheet.auth.user.registered", "counts"),
        ("stats.broadsheet.auth.user.registered", "rest"),
        ("stats.timers.broadsheet.blog.jobs.webhooks_deliver.count", "counts"),
        ("stats.timers.broadsheet.blog.jobs.webhooks_deliver.count_ps", "rest"),
        ("stats.timers.broadsheet.blog.jobs.webhooks_deliver.upper_90", "slowest"),
        ("stats.timers.broadsheet.blog.jobs.webhooks_deliver.lower", "fastest"),
        ("stats.timers.broadsheet.blog.jobs.webhooks_deliver.mean", "rest"),
    ],
)
def test_points_are_made_coarser_as_their_statistic_asks(series: str, section: str) -> None:
    assert _first(graphite.FOLDER / "storage-aggregation.conf", series) == section


def _first(file: Path, series: str) -> str:
    sections = re.findall(r"^\[(.*)\]\npattern = (.*)$", file.read_text(), re.MULTILINE)
    return next(str(name) for name, pattern in sections if re.search(pattern, series))
