"""``make chart`` writes ``ops/rules/absences.yaml``: of each component an alert that it is not there.

One rule for all relays would be silent while any of them is up, and what is missing has no label that says whose it is.
In embedded mode relay and consumer are one process, the messenger, and the worker has the schedule.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "rules/absences.yaml"
HEAD = "# A part of the platform is not there; `make chart` writes this from the chart's components.\n"
NOT_UP = 'absent(up{job=~"JOBS"} == 1)'
NOT_TICKING = 'absent(schedule_ticked_timestamp_seconds{job=~"JOBS"} > time() - 120)'
KINDS = {  # command: alert, severity, condition, the processes that may do it, summary
    "web": ("WebAbsent", "page", NOT_UP, "", "{component} does not run"),
    "relay": ("RelayAbsent", "page", NOT_UP, "|{service}-messenger", "Nobody publishes the events of {service}"),
    "consumer": ("ConsumerAbsent", "page", NOT_UP, "|{service}-messenger", "Nobody handles what others tell {service}"),
    "worker": ("WorkerAbsent", "page", NOT_UP, "", "Nobody does the jobs of {service}"),
    "beat": (
        "BeatStopped",
        "ticket",
        NOT_TICKING,
        "|{service}-worker",
        "Nobody queues the recurring jobs of {service}",
    ),
}


def rules(components: Mapping[str, Mapping[str, Any]], queues: Mapping[str, list[str]]) -> str:
    """The file's text; a consumer that has no queue yet may be missing."""
    found = [_rule(name, row) for name, row in components.items() if row["command"] != "consumer" or queues[name]]
    group = {"name": "broadsheet-absences", "rules": found}
    return HEAD + yaml.safe_dump({"groups": [group]}, sort_keys=False, width=150)


def _rule(component: str, row: Mapping[str, Any]) -> dict[str, Any]:
    alert, severity, condition, instead, summary = KINDS[row["command"]]
    names = {"component": component, "service": row["service"]}
    return {
        "alert": alert,
        "expr": condition.replace("JOBS", component + instead.format_map(names)),
        "for": "5m",
        "labels": {"severity": severity, "component": component},
        "annotations": {"summary": summary.format_map(names), "runbook_url": f"docs/runbooks/{alert}.md"},
    }
