"""What was proved, kept in ``proved.json``, and the pages that say so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.alerts import runbooks
from tests.alerts.faults import FAULTS, UNPROVED, Fault
from tests.alerts.proof import Proved
from tests.documents.pages import ROOT

KEPT = Path(__file__).with_name("proved.json")
PAGE = ROOT / "docs/alert-proof.md"
BEGIN, END = "<!-- rows: begin -->\n", "<!-- rows: end -->\n"
BY_TESTS = {
    "BackupUnseen": "`tests/ops/backups_test.yaml` takes the CronJob away",
    "GatewayWorkersEnd": "`services/gateway/tests/test_workers.py` kills workers and stops them from answering",
    "key-rotation": "`services/auth/tests/test_keys.py` rotates keys, `tests/e2e/test_revocations.py` revokes one",
    "restore": "`tests/schema/test_restore.py` restores databases as the how-to says",
    "roll-back": "`make rollout-proof` takes releases back under load, see [roll-outs](../rollouts.md)",
}
"""What no fault of one machine leads to, and what proves it."""
BY_FAULTS = {"broker-outage": "RevocationsPolled", "dead-letter-replay": "EventsParked"}
"""Procedures, by an alert whose fault they are for."""
COLUMNS = ("alert", "severity", "fault", "fired", "resolved", "fired beside it", "run", "of a cluster")


def known() -> dict[str, dict[str, Any]]:
    """What was proved of each alert, the last time."""
    return dict(json.loads(KEPT.read_text())) if KEPT.exists() else {}


def longest_unproved_first(faults: list[Fault], proved: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    """So that what a run has not come to is what the next one begins with."""
    return sorted(faults, key=lambda fault: min(proved.get(alert, {}).get("date", "") for alert in fault.proves))


def keep(proved: list[Proved]) -> None:
    """Take the place of what was known of these alerts, and bring the pages up to date."""
    found = known() | {each.alert: each.document() for each in proved}
    KEPT.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n")
    PAGE.write_text(page())
    for name, text in runbook_pages().items():
        (runbooks.FOLDER / f"{name}.md").write_text(text)


def page() -> str:
    """The page of the proof as it has to be."""
    before, rest = PAGE.read_text().split(BEGIN)
    return before + BEGIN + _table() + END + rest.split(END)[1]


def runbook_pages() -> dict[str, str]:
    """Each runbook, as it has to be."""
    return {name: runbooks.marked(name, text) for name, text in _last_proved().items()}


def alerts() -> dict[str, str]:
    """The severity of each alert of ``ops/rules``."""
    files = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "ops/rules").glob("*.yaml"))]
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {rule["alert"]: rule["labels"]["severity"] for rule in rules if "alert" in rule}


def uncovered() -> set[str]:
    """Alerts that no fault proves and that nobody gives a reason for."""
    return alerts().keys() - {alert for fault in FAULTS for alert in fault.proves} - {*UNPROVED}


def _table() -> str:
    lines = [COLUMNS, ("---",) * 3 + ("---:",) * 2 + ("---",) + ("---:",) * 2]
    severities = alerts()
    for alert, row in known().items():
        times = [f"{row[name]:.0f} s" for name in ("fired", "resolved")]
        link = f"[{alert}](runbooks/{alert}.md)"
        beside = ", ".join(row["beside"])
        lines.append((link, severities[alert], row["fault"], *times, beside, str(row["ran"]), str(row["of_a_cluster"])))
    missing = severities.keys() - known().keys() - {*UNPROVED}
    said = [f"\nNot proved yet: {', '.join(sorted(missing))}.\n"] if missing else []
    said += [f"\n{alert} has no fault: {reason}{_elsewhere(alert)}.\n" for alert, reason in UNPROVED.items()]
    return "".join((*(f"| {' | '.join(cells)} |\n" for cells in lines), *said))


def _elsewhere(alert: str) -> str:
    return f"; {BY_TESTS[alert]}" if alert in BY_TESTS else ""


def _last_proved() -> dict[str, str]:
    rows = known()
    said = dict.fromkeys(alerts(), "Not yet.")
    said |= {name: f"By every run of `make alert-proof`: {reason}." for name, reason in UNPROVED.items()}
    said |= {name: f"By every run of the tests: {text}." for name, text in BY_TESTS.items()}
    proofs = {alert: alert for alert in rows} | BY_FAULTS
    return said | {name: _sentence(rows.get(alert)) for name, alert in proofs.items()}


def _sentence(row: dict[str, Any] | None) -> str:
    if row is None:
        return "Not yet."
    return f"{row['date']}, by [`make alert-proof`](../alert-proof.md): {row['fault']}."
