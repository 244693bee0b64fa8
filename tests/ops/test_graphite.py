"""Business figures reach a real Graphite through a real StatsD, where the panels ask for them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from launcher.servers.ports import LOOPBACK, answers, free_port
from ops.panels import DASHBOARDS
from tests.support.api import Visitor
from tests.support.platform import Platform
from tests.support.programs import program, running
from tests.support.stories import tell_a_story
from tests.support.waiting import eventually

STATSD = Path(__file__).with_name("statsd")
UNTOLD = {"Comments", "Pictures that could not be"}  # nothing in this story makes them
TARGETS = [
    pytest.param(query, id=panel.title)
    for _, panels in DASHBOARDS.values()
    for panel in panels
    for query in panel.queries.values()
    if panel.exporter == "statsd" and panel.title not in UNTOLD
]
CARBON = """
[cache]
STORAGE_DIR = {folder}
LOCAL_DATA_DIR = {folder}/whisper
LOG_DIR = {folder}
PID_DIR = {folder}
CONF_DIR = {folder}
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = {line}
PICKLE_RECEIVER_PORT = 0
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = {query}
MAX_CREATES_PER_MINUTE = inf
"""
SCHEMAS = """
[all]
pattern = .*
retentions = 1s:1h
"""
GRAPHITE = """
SECRET_KEY = "of a test"
STORAGE_DIR = LOG_DIR = CONF_DIR = "{folder}"
WHISPER_DIR = "{folder}/whisper"
STANDARD_DIRS = [WHISPER_DIR]
CARBONLINK_HOSTS = ["127.0.0.1:{query}"]
ALLOWED_HOSTS = ["*"]
"""
FORWARDING = """{{
  address: "127.0.0.1", port: {udp}, mgmt_address: "127.0.0.1", mgmt_port: {management},
  graphiteHost: "127.0.0.1", graphitePort: {line}, flushInterval: 1000,
}}"""


@pytest.fixture(scope="module")
def graphite(platform: Platform, alice: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Graphite's API; StatsD sends it each second what the platform says."""
    folder, web = tmp_path_factory.mktemp("graphite"), free_port()
    ports = {name: free_port() for name in ("line", "query", "management")}
    ports["udp"] = int(platform.settings["STATSD_URL"].rpartition(":")[2])
    files = {"carbon.conf": CARBON, "storage-schemas.conf": SCHEMAS, "graphite_of_test.py": GRAPHITE}
    for name, text in (files | {"statsd.js": FORWARDING}).items():
        (folder / name).write_text(text.format(folder=folder, **ports))
    (folder / "whisper").mkdir()
    carbon = program("carbon-cache", "graphite-carbon")
    set_up = ["-u", "DJANGO_SETTINGS_MODULE", f"PYTHONPATH={folder}", "GRAPHITE_SETTINGS_MODULE=graphite_of_test"]
    manage = ["env", *set_up, program("graphite-manage", "graphite-web")]
    subprocess.run([*manage, "migrate", "--run-syncdb"], capture_output=True, check=True)
    with (
        running(carbon, f"--config={folder}/carbon.conf", "--nodaemon", "start", log=folder / "carbon.log"),
        running(*manage, "runserver", "--noreload", f"{LOOPBACK}:{web}", log=folder / "web.log"),
        running(program("node", "nodejs"), _statsd(), folder / "statsd.js", log=folder / "statsd.log"),
        httpx.Client(base_url=f"http://{LOOPBACK}:{web}", timeout=30) as client,
    ):
        eventually(lambda: all(map(answers, (ports["line"], ports["management"], web))))
        tell_a_story(alice, "counted")
        with Visitor(platform.base_url) as newcomer:
            newcomer.register("newcomer")
        yield client


def _statsd() -> Path:
    """StatsD's own program, installed from its lock."""
    if not (STATSD / "node_modules").exists():
        subprocess.run([program("npm", "npm"), "ci", "--ignore-scripts", "--omit=optional"], cwd=STATSD, check=True)
    return STATSD / "node_modules/statsd/stats.js"


def _sum(graphite: httpx.Client, target: str) -> float:
    asked: dict[str, Any] = {"target": target, "from": "-10min", "format": "json"}
    answer = graphite.get("/render", params=asked)
    return sum(value or 0 for series in answer.raise_for_status().json() for value, _ in series["datapoints"])


@pytest.mark.parametrize("target", TARGETS)
def test_panel_shows_what_was_counted(graphite: httpx.Client, target: str) -> None:
    eventually(lambda: _sum(graphite, target) >= 1, every=0.5)
