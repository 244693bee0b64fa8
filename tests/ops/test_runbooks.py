"""Every alert has a page that says what to do, in the same sections, with queries and commands that are taken."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.test_rules import ALERTS, OF_OTHERS, unknown_metrics
from tests.support.programs import program

FOLDER = Path(__file__).parents[2] / "docs/runbooks"
ALERTMANAGER = FOLDER / "alertmanager.yaml"
PAGES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.md")) if path.stem != "README"}
PROCEDURES = {"broker-outage", "dead-letter-replay", "key-rotation", "restore", "roll-back"}
SECTIONS = ["Meaning", "Impact", "Check", "Fix", "Verify", "Escalate", "Last proved"]
SEVERITIES = {str(rule["alert"]): str(rule["labels"]["severity"]) for rule in ALERTS}
INDEX = (FOLDER / "README.md").read_text()


def queries(page: str) -> list[str]:
    return [query for block in re.findall(r"```promql\n(.*?)```", page, re.DOTALL) for query in block.splitlines()]


def test_there_is_a_page_for_each_alert_and_each_procedure() -> None:
    assert PAGES.keys() == SEVERITIES.keys() | PROCEDURES


@pytest.mark.parametrize("name", PAGES)
def test_page_says_the_same_things_in_order(name: str) -> None:
    _, *parts = re.split(r"^## (.*)$", PAGES[name], flags=re.MULTILINE)
    assert parts[::2] == SECTIONS
    assert all(text.strip() for text in parts[1::2])


def test_index_lists_each_alert_once_with_its_severity_and_each_procedure() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \|$", INDEX, re.MULTILINE)
    assert sorted(rows) == [(name, name, severity) for name, severity in sorted(SEVERITIES.items())]
    assert set(re.findall(r"^- \[.*\]\((.*)\.md\)$", INDEX, re.MULTILINE)) == PROCEDURES


def test_queries_are_taken_by_prometheus_and_ask_for_metrics_there_are(tmp_path: Path) -> None:
    asked = [query for page in PAGES.values() for query in queries(page)]
    assert asked
    rules = [{"record": f"asked:{number}", "expr": query} for number, query in enumerate(asked)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    command = [program("promtool", "prometheus"), "check", "rules", str(tmp_path / "rules.yaml")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert [(query, unknown) for query in asked if (unknown := unknown_metrics(query) - OF_OTHERS)] == []


def amtool(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [program("amtool", "prometheus-alertmanager"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_example_for_alertmanager_is_taken() -> None:
    answer = amtool("check-config", str(ALERTMANAGER))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda rule: f"{rule['alert']}-{rule['labels'].get('component', '')}")
def test_alert_goes_where_its_severity_says(alert: dict[str, Any]) -> None:
    receivers = {"page": "pager", "ticket": "tickets", "none": "dead-mans-switch"}
    labels = [f"{name}={value}" for name, value in ({"alertname": alert["alert"]} | alert["labels"]).items()]
    answer = amtool("config", "routes", "test", f"--config.file={ALERTMANAGER}", *labels)
    assert answer.stdout.strip() == receivers[alert["labels"]["severity"]], answer.stderr


def test_what_silences_and_is_silenced_are_alerts() -> None:
    for rule in yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]:
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            pattern = matcher.partition(" ")[2].lstrip("=~ ").strip('"')
            for each in pattern.split("|"):
                assert any(re.fullmatch(each, name) for name in SEVERITIES), each
