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
BUSINESS = DASHBOARDS["business"][1]
TARGETS = [
    pytest.param(str(query), id=panel.title)
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


ROLLED_UP = "-7h"
"""Graphite answers from the finest points that go back so far: for seven hours of one minute each."""


def _points(graphite: httpx.Client, target: str, since: str = "-10min") -> list[float]:
    asked: dict[str, Any] = {"target": target, "from": since, "format": "json"}
    answer = graphite.get("/render", params=asked).raise_for_status().json()
    return [value for series in answer for value, _ in series["datapoints"] if value is not None]


@pytest.mark.parametrize("target", TARGETS)
def test_panel_shows_what_was_counted(graphite: httpx.Client, target: str) -> None:
    eventually(lambda: sum(_points(graphite, target)) > 0, seconds=60, every=0.5)


def test_counter_is_not_less_after_a_roll_up(graphite: httpx.Client) -> None:
    target = "stats_counts.broadsheet.auth.user.registered"
    counted = eventually(lambda: sum(_points(graphite, target)), seconds=60, every=0.5)
    eventually(lambda: sum(_points(graphite, target, ROLLED_UP)) == counted, seconds=60, every=0.5)


def test_counter_is_not_less_where_points_share_a_pixel(graphite: httpx.Client) -> None:
    figure = "stats_counts.broadsheet.auth.user.registered"
    counted = eventually(lambda: sum(_points(graphite, figure)), seconds=60, every=0.5)
    (target,) = (query for panel in BUSINESS for query in map(str, panel.queries.values()) if figure in query)
    asked: dict[str, Any] = {"target": target, "from": "-10min", "format": "json", "maxDataPoints": 2}
    (series,) = graphite.get("/render", params=asked).raise_for_status().json()
    assert sum(value or 0 for value, _ in series["datapoints"]) == counted


def test_slowest_job_is_not_faster_after_a_roll_up(graphite: httpx.Client) -> None:
    target = "stats.timers.broadsheet.blog.jobs.webhooks_deliver.upper"  # each five seconds

    def several() -> list[float]:
        found = _points(graphite, target)
        return found if len(set(found)) > 1 else []

    slowest = max(eventually(several, seconds=90, every=0.5))
    eventually(lambda: max(_points(graphite, target, ROLLED_UP), default=0) >= slowest, seconds=60, every=0.5)
