"""Every query of every panel finds something in a real Prometheus, once the platform had traffic."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from gateway_service.status import panels
from gateway_service.status.panels import Line
from gateway_service.status.processes import Processes
from gateway_service.status.prometheus import Prometheus

from launcher.servers.ports import LOOPBACK, answers, free_port
from launcher.settings import BACKGROUND, SERVICES_WITH_DATABASE
from ops import dashboards
from ops.panels import DASHBOARDS
from tests.support.api import Visitor, expect
from tests.support.platform import Platform
from tests.support.programs import program, running
from tests.support.stories import tell_a_story
from tests.support.waiting import eventually

RULES = Path(dashboards.__file__).parent / "rules"
ELSEWHERE = {  # who gives a panel's figures where they are, and not here
    "postgres_exporter": "this platform has its data in SQLite; tests/launcher/test_observed.py runs them",
    "redis_exporter": "it runs without Redis; as above",
    "RabbitMQ's own": "it runs without RabbitMQ; as above",
    "kube-state-metrics": "it runs on no cluster",
    "kubelet": "it runs on no cluster",
    "statsd": "its figures are in Graphite",
}
MEASURE = "from media_service.measuring.tasks import storage_measure\nstorage_measure.delay()\n"
"""What the schedule asks for every five minutes."""
QUERIES = [
    pytest.param(str(query), id=f"{name}: {panel.title}, {legend}")
    for name, (_, panels) in DASHBOARDS.items()
    for panel in panels
    for legend, query in panel.queries.items()
    if panel.exporter not in ELSEWHERE
]


def targets(platform: Platform) -> dict[str, str]:
    """Where metrics are, by the job's name in docker/prometheus and in the chart."""
    ports = {name: int(port) for name, port in platform.settings.items() if name.endswith("_PORT")}
    web = {service: ports[f"{service.upper()}_PORT"] for service in SERVICES_WITH_DATABASE}
    found = {"gateway": ports["GATEWAY_ADMIN_PORT"]}
    for service, port in web.items():
        found |= {f"{service}-{process}": port + offset for offset, process in enumerate(("web", *BACKGROUND))}
    return {job: f"{LOOPBACK}:{port}" for job, port in found.items()}


@pytest.fixture(scope="module")
def prometheus(platform: Platform, alice: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """It looks every second, while stories are told."""
    binary, folder, port = program("prometheus", "prometheus"), tmp_path_factory.mktemp("prometheus"), free_port()
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [f"{RULES}/*.yaml"],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [where]}]} for job, where in targets(platform).items()
        ],
    }
    file = folder / "prometheus.yaml"
    file.write_text(yaml.safe_dump(configuration))
    options = [f"--storage.tsdb.path={folder}/data", f"--web.listen-address={LOOPBACK}:{port}"]
    with (
        running(binary, f"--config.file={file}", *options, log=folder / "log"),
        httpx.Client(base_url=f"http://{LOOPBACK}:{port}/api/v1") as client,
    ):
        eventually(lambda: answers(port))
        for seen in (2, 5):  # a rate needs figures that were seen before they grew
            _traffic(alice, seen)
            everything = f"count(count_over_time(up[1h]) >= {seen}) == {len(targets(platform))}"
            eventually(lambda asked=everything: _found(client, asked), every=0.5)  # type: ignore[misc]
        platform.shell("media", MEASURE)
        yield client


def _traffic(alice: Visitor, seen: int) -> None:
    """A story, a path that leads nowhere, and a change of the profile."""
    tell_a_story(alice, str(seen))
    alice.http.get("/nowhere")
    bio = {"profile": {"bio": f"Has told {seen} stories."}}
    expect(alice.http.patch("/api/v1/auth/users/me", json=bio), 200)


def _found(prometheus: httpx.Client, query: str) -> list[object]:
    answer = prometheus.get("/query", params={"query": query}).json()
    assert answer["status"] == "success", answer
    return [result for result in answer["data"]["result"] if result["value"][1] != "NaN"]


@pytest.mark.parametrize("query", QUERIES)
def test_query_of_a_panel_finds_something(prometheus: httpx.Client, query: str) -> None:
    for job in ("auth-web", "blog-web", "media-web") if "$job" in query else ("",):
        asked = query.replace("$job", job)
        eventually(lambda asked=asked: _found(prometheus, asked), seconds=10, every=0.5)  # type: ignore[misc]


def test_status_page_finds_in_the_processes_what_prometheus_has(
    prometheus: httpx.Client, platform: Platform, alice: Visitor
) -> None:
    shown = panels.read()
    looking = Processes({job: f"http://{where}/metrics" for job, where in targets(platform).items()}, shown)
    queries = [query for panel in shown for query in panel.queries]
    looking.look(0)
    _traffic(alice, 9)
    looking.look(15)
    answered = {(query.function, query.metric) for query in queries if looking.lines(query)}
    of_the_moment = {"job_duration_seconds", "events_end_to_end_seconds"}  # nothing of them may have come to an end yet
    assert {each for each in answered if each[1] not in of_the_moment} == {
        (query.function, query.metric) for query in queries if query.metric not in of_the_moment
    }
    its = Prometheus(str(prometheus.base_url).removesuffix("/api/v1/"))
    for query in queries:
        eventually(lambda query=query: _names(looking.lines(query)) <= _names(its.lines(query)))  # type: ignore[misc]


def _names(lines: list[Line]) -> set[str]:
    return {line.name for line in lines}


def test_rules_are_healthy(prometheus: httpx.Client) -> None:
    groups = prometheus.get("/rules").json()["data"]["groups"]
    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}


def test_panels_of_others_are_those_said_to_be_elsewhere() -> None:
    named = {panel.exporter for _, panels in DASHBOARDS.values() for panel in panels} - {""}
    assert named == set(ELSEWHERE)


@pytest.mark.parametrize("path", sorted(dashboards.documents()), ids=lambda path: path.stem)
def test_dashboard_asks_what_its_panels_ask(path: Path) -> None:
    shown = {
        target.get("expr", target.get("target"))
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
    }
    assert shown == {str(query) for panel in DASHBOARDS[path.stem][1] for query in panel.queries.values()}
