"""Files of rules and dashboards that Prometheus and Grafana would not take: one that is broken is silent, not loud."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

RULES, DASHBOARDS = "ops/rules", "ops/dashboards"
OF_AN_ALERT = {"labels": ("severity",), "annotations": ("summary", "runbook_url")}


def problems(root: Path) -> Iterator[str]:
    """A sentence for each thing that is wrong; queries are read by promtool, where this machine has it (prometheus)."""
    for file in sorted((root / RULES).glob("*.yaml")):
        yield from (f"{file.relative_to(root)}: {wrong}" for wrong in _of_rules(file))
    for file in sorted((root / DASHBOARDS).glob("*.json")):
        yield from (f"{file.relative_to(root)}: {wrong}" for wrong in _of_dashboard(file))


def _of_rules(file: Path) -> Iterator[str]:
    try:
        document = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield f"is no YAML: {' '.join(str(error).split())}"
        return
    try:
        rules = [rule for group in document["groups"] for rule in group["rules"]]
        yield from (wrong for rule in rules for wrong in _of_rule(rule))
    except (KeyError, TypeError, AttributeError):
        yield "is no list of groups with rules"
        return
    yield from _of_queries(file)


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    if "alert" not in rule:
        return
    for section, names in OF_AN_ALERT.items():
        for name in names:
            if not rule.get(section, {}).get(name):
                yield f"{rule['alert']} has no {name}"


def _of_queries(file: Path) -> Iterator[str]:
    if not (promtool := shutil.which("promtool")):
        return
    said = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False)
    if said.returncode:
        told = [line.strip() for line in (said.stderr or said.stdout).splitlines() if line.strip()]
        yield from (line.removeprefix(f"{file}: ") for line in told if "FAILED" not in line)


def _of_dashboard(file: Path) -> Iterator[str]:
    try:
        document = json.loads(file.read_text())
    except ValueError as error:
        yield f"is no JSON: {error}"
        return
    try:
        titles = [panel["title"] for panel in document["panels"] if not panel["targets"]]
    except (KeyError, TypeError):
        yield "has no panels with a title and targets"
        return
    yield from (f"{title} asks for nothing" for title in titles)
