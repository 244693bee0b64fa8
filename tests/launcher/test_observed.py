"""`make up MODE=servers OBSERVE=1`: a Prometheus that knows every process and every alert, and figures in Graphite."""

import secrets
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from charts import generate
from launcher.observers import packages
from launcher.servers import Postgres, Redis
from launcher.servers.ports import LOOPBACK
from launcher.settings import VENV, Settings
from launcher.supervisor import Supervisor
from ops.panels import DASHBOARDS
from tests.support.api import Visitor
from tests.support.platform import Platform
from tests.support.programs import program
from tests.support.waiting import eventually

pytestmark = pytest.mark.servers
OF_SERVERS = [
    pytest.param(str(query), id=panel.title) for panel in DASHBOARDS["servers"][1] for query in panel.queries.values()
]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    for name, package in packages([Postgres, Redis]).items():
        program(name, package)
    platform = Platform(tmp_path_factory.mktemp("platform"), "servers")
    platform.settings |= {"OBSERVE": "1", "RUNBOOK_URL": "https://wiki.example/runbooks"}
    with platform:
        yield platform


@pytest.fixture(scope="module")
def urls(platform: Platform) -> dict[str, str]:
    return platform.observers


def asked(urls: dict[str, str], path: str, **parameters: str) -> Any:
    answer = httpx.get(f"{urls['Prometheus']}/api/v1/{path}", params=parameters).raise_for_status().json()
    return answer["data"]


def test_every_process_is_asked_for_its_metrics_and_answers(urls: dict[str, str]) -> None:
    processes = {name for name in generate.components() if not name.endswith(("-relay", "-consumer"))}
    messengers = {f"{service}-messenger" for service in ("auth", "blog", "media")}
    servers = {"postgres-exporter", "redis-exporter", "rabbitmq", "rabbitmq-queues"}

    def up() -> bool:
        found = {target["labels"]["job"]: target["health"] for target in asked(urls, "targets")["activeTargets"]}
        return found == dict.fromkeys({*processes, *messengers, *servers}, "up")

    eventually(up, seconds=60)


@pytest.mark.parametrize("query", OF_SERVERS)
def test_panel_of_the_servers_finds_something(urls: dict[str, str], query: str) -> None:
    eventually(lambda: asked(urls, "query", query=query)["result"], seconds=60)


def test_a_latency_leads_to_its_trace(platform: Platform, urls: dict[str, str]) -> None:
    trace = secrets.token_hex(16)
    media = f"http://{LOOPBACK}:{platform.settings['MEDIA_PORT']}"
    httpx.get(f"{media}/api/v2/quota", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    def known() -> set[str]:
        hour = {"start": str(time.time() - 3600), "end": str(time.time() + 60)}
        found = asked(urls, "query_exemplars", query="http_server_request_duration_seconds_bucket", **hour)
        return {exemplar["labels"]["trace_id"] for series in found for exemplar in series["exemplars"]}

    eventually(lambda: trace in known(), seconds=60)


def test_alerts_are_loaded_and_lead_to_their_runbooks(urls: dict[str, str]) -> None:
    rules = [rule for group in asked(urls, "rules", type="alert")["groups"] for rule in group["rules"]]
    assert {rule["annotations"]["runbook_url"] for rule in rules if rule["name"] == "RelayAbsent"} == {
        "https://wiki.example/runbooks/RelayAbsent.md"
    }


def test_nothing_is_amiss_on_a_platform_that_is_well(urls: dict[str, str]) -> None:
    schedules = "count(schedule_ticked_timestamp_seconds > time() - 30) == 3"
    eventually(lambda: asked(urls, "query", query=schedules)["result"], seconds=60)

    def missing() -> set[str]:
        alerts = {alert["labels"]["alertname"] for alert in asked(urls, "alerts")["alerts"]}
        return {name for name in alerts if name.endswith(("Absent", "Stopped"))}

    eventually(lambda: not missing(), seconds=90)  # those of before the first look at each process go with the next


def test_a_beat_that_was_stopped_is_shown_and_started_again(platform: Platform) -> None:
    socket = Supervisor(Settings("servers", platform.folder, frozenset(), {})).socket_file
    command = [str(VENV / "bin/supervisorctl"), f"--serverurl=unix://{socket}", "stop", "schedules:blog-beat"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def shown() -> list[str]:
        lines = map(str.split, platform.make("status").stdout.splitlines())
        return next(words[1:] for words in lines if words[0] == "blog-beat")

    assert shown() == ["stopped", "0", "0:00:00", "0", "MB"]
    assert platform.make("restart", "S=blog-beat").returncode == 0
    eventually(lambda: shown()[0] == "ready")


def test_business_figures_reach_graphite(platform: Platform, urls: dict[str, str]) -> None:
    with Visitor(platform.base_url) as newcomer:
        newcomer.register("newcomer")

    def counted() -> bool:
        target = {"target": "stats_counts.broadsheet.auth.user.registered", "from": "-10min", "format": "json"}
        found = httpx.get(f"{urls['Graphite']}/render", params=target, timeout=30).raise_for_status().json()
        return any(value for series in found for value, _ in series["datapoints"])

    eventually(counted, seconds=60)
