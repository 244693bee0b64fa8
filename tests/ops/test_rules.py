"""The alerts fire, stay silent and resolve; each has a severity and a runbook, and asks for metrics that there are."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops import dashboards, panels, status_page

OPS = Path(__file__).parents[2] / "ops"


def rules() -> list[dict[str, Any]]:
    files = [yaml.safe_load(path.read_text()) for path in sorted((OPS / "rules").glob("*.yaml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


OF_OTHERS = {
    *("rabbitmq_detailed_queue_consumers", "rabbitmq_detailed_queue_messages"),
    *("kube_cronjob_status_last_schedule_time", "kube_cronjob_status_last_successful_time", "kube_cronjob_created"),
    *("up", "process_cpu_seconds_total"),
}
"""Metrics of RabbitMQ, kube-state-metrics, and of every process."""
TESTS = sorted(Path(__file__).parent.glob("*_test.yaml"))
ALERTS = [rule for rule in rules() if "alert" in rule]


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed (Debian: prometheus)")
def test_alerts_fire_stay_silent_and_resolve() -> None:
    answer = subprocess.run(["promtool", "test", "rules", *TESTS], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_alert_is_tested_and_has_a_severity_and_a_runbook(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket", "none"}
    runbook = alert["annotations"]["runbook_url"]
    assert runbook == f"docs/runbooks/{alert['alert']}.md"
    assert (OPS.parent / runbook).exists()
    asked = "".join(file.read_text() for file in TESTS)
    assert f"alertname: {alert['alert']}\n" in asked, "fires"
    assert alert["alert"] == "Watchdog" or f"alertname: {alert['alert']}, exp_alerts: []" in asked, "stays silent"


def test_rules_ask_for_metrics_of_the_catalogue() -> None:
    for rule in rules():
        assert unknown_metrics(rule["expr"]) <= OF_OTHERS, rule["expr"]


def unknown_metrics(query: str) -> set[str]:
    """What of a query is no metric of the catalogue."""
    known = {metric["name"] for metric in yaml.safe_load((OPS / "metrics.yaml").read_text())["metrics"]}
    query = re.sub(r"\bby \([^)]*\)", "", query)
    asked = re.findall(r"\b[a-z]+_\w+(?=[{\[])|(?<=\()[a-z]+_\w+(?=[),])", query)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked if name not in known} - known


def test_panels_ask_graphite_for_figures_there_are() -> None:
    declared = {figure["name"] for figure in yaml.safe_load((OPS / "metrics.yaml").read_text())["figures"]}
    events = {file.name.removesuffix(".v1.schema.json") for file in (OPS.parent / "contracts/events").glob("*.v1.*")}
    for name in panels.FIGURES.values():
        assert name in declared | events


@pytest.mark.parametrize("path", sorted(dashboards.documents()), ids=lambda path: path.name)
def test_dashboard_is_fresh(path: Path) -> None:
    assert path.read_text() == dashboards.documents()[path], "run `make chart`, then read what changed"


def test_panels_of_the_status_page_are_fresh() -> None:
    assert status_page.FILE.read_text() == status_page.document(), "run `make chart`, then read what changed"
