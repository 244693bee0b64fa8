"""Business figures reach a real Graphite through a real StatsD, where the panels ask for them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from launcher.observers import PACKAGES
from launcher.servers import Graphite, StatsD
from ops.panels import DASHBOARDS
from tests.support.api import Visitor
from tests.support.platform import Platform
from tests.support.programs import program
from tests.support.stories import tell_a_story
from tests.support.waiting import eventually

UNTOLD = {"Comments", "Pictures that could not be"}  # nothing in this story makes them
TARGETS = [
    pytest.param(query, id=panel.title)
    for _, panels in DASHBOARDS.values()
    for panel in panels
    for query in panel.queries.values()
    if panel.exporter == "statsd" and panel.title not in UNTOLD
]


@pytest.fixture(scope="module")
def graphite(platform: Platform, alice: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Graphite's API; StatsD sends it every ten seconds what the platform says."""
    for name, package in PACKAGES.items():
        program(name, package)
    folder = tmp_path_factory.mktemp("graphite")
    with Graphite(folder) as graphite:
        statsd = StatsD(folder, int(platform.settings["STATSD_URL"].rpartition(":")[2]), graphite)
        with statsd, httpx.Client(base_url=graphite.url, timeout=30) as client:
            tell_a_story(alice, "counted")
            with Visitor(platform.base_url) as newcomer:
                newcomer.register("newcomer")
            yield client


def _sum(graphite: httpx.Client, target: str) -> float:
    asked: dict[str, Any] = {"target": target, "from": "-10min", "format": "json"}
    answer = graphite.get("/render", params=asked)
    return sum(value or 0 for series in answer.raise_for_status().json() for value, _ in series["datapoints"])


@pytest.mark.parametrize("target", TARGETS)
def test_panel_shows_what_was_counted(graphite: httpx.Client, target: str) -> None:
    eventually(lambda: _sum(graphite, target) >= 1, seconds=60, every=0.5)
