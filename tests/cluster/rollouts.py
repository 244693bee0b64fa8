"""``make rollout-proof``: what a roll-out loses, row by row, under open-loop load on a cluster.

Needs what ``make cluster-test`` installed, and Docker to make the images it upgrades to. RATE requests a second, ROWS
picks rows by a part of their name. Writes the table into docs/rollouts.md and the rows to var/rollouts.json.
"""
# ruff: noqa: T201  what is proved is printed

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cluster import disturbances as do
from tests.cluster.accounts import account
from tests.cluster.cluster import PUBLIC_URL, ROOT, ClusterError, wait_ready
from tests.cluster.install import install
from tests.cluster.pods import LoadJob

RATE = float(os.environ.get("RATE", "20"))
WARM_UP = 8
PAGE = ROOT / "docs/rollouts.md"
BEGIN, END = "<!-- rows: begin -->\n", "<!-- rows: end -->\n"


@dataclass(frozen=True)
class Row:
    """One disturbance under load. ``refusals``: 503 with Retry-After is allowed; ``fails``: a negative control."""

    name: str
    disturb: Callable[[], object]
    seconds: float
    refusals: bool = False
    fails: bool = False


ROWS = (
    Row("nothing", lambda: None, 50),
    Row("`helm upgrade` to another image", lambda: do.upgrade("next"), 80),
    Row("`helm rollback`", do.rollback, 80),
    Row("`helm upgrade` with a migration", lambda: do.upgrade("migrated"), 80),
    Row("older code on newer schema (`helm rollback`)", do.rollback, 80),
    Row("RabbitMQ's pod restarted", lambda: do.restart_server("rabbitmq"), 60),
    Row("PostgreSQL's pod restarted", lambda: do.restart_server("postgresql"), 60, refusals=True),
    Row("negative: no preStop, drain of 1 s", do.without_pre_stop, 100, fails=True),
    Row("negative: grace below drain", do.without_grace, 60, fails=True),
    Row("every pod evicted in turn", lambda: do.each_pod(do.evict), 270),
    Row("HPA out and in", do.scale_out_and_in, 120),
    Row("every pod deleted in turn", lambda: do.each_pod(do.delete), 270),
    Row("negative: liveness asks the database", do.liveness_asks_database, 120, refusals=True, fails=True),
)


def run(row: Row) -> dict[str, Any]:
    """Load, disturb meanwhile, and count what went wrong."""
    wait_ready()
    load = LoadJob(RATE, row.seconds)
    time.sleep(WARM_UP)
    began = time.monotonic()
    note = row.disturb()
    took = time.monotonic() - began
    report = load.report()
    wait_ready()
    events = account()
    refused = [item for item in report["failures"] if item["status"] == 503 and "Retry-After" in item["told"]]
    report |= {
        "row": row.name,
        "took_s": round(took, 1),
        "refused": len(refused) if row.refusals else 0,
        "events": events.published,
        "events_lost": events.lost,
        "events_doubled": events.doubled,
        "note": note or "",
    }
    report["failed"] -= report["refused"]
    report["holds"] = _holds(row, report)
    return report


def _holds(row: Row, report: dict[str, Any]) -> bool:
    if row.fails:
        return bool(report["failed"] or report["note"])
    kept = not report["lost"] and not report["events_lost"] and not report["events_doubled"]
    return kept and not report["failed"]


def table(reports: list[dict[str, Any]]) -> str:
    """The rows as Markdown."""
    head = [
        "disturbance",
        "requests",
        "failed",
        "refused",
        "writes lost",
        "events lost",
        "events doubled",
        "p50",
        "p99",
    ]
    lines = [f"| {' | '.join([*head, 'as it must be'])} |", "| --- " + "| ---: " * 8 + "| --- |"]
    for report in reports:
        counts = [report["requests"], report["failed"], report["refused"], len(report["lost"])]
        counts += [report["events_lost"], report["events_doubled"]]
        times = [f"{report['p50_ms']:.0f} ms", f"{report['p99_ms']:.0f} ms"]
        verdict = "yes" if report["holds"] else "**no**"
        note = f" ({report['note']})" if report["note"] else ""
        lines.append(f"| {' | '.join([report['row'], *map(str, counts), *times, verdict + note])} |")
    return "\n".join(lines) + "\n"


def publish(reports: list[dict[str, Any]]) -> None:
    """Write the rows to var/ and the table into the page."""
    saved = ROOT / "var/rollouts.json"
    saved.parent.mkdir(exist_ok=True)
    saved.write_text(json.dumps(reports, indent=1) + "\n")
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(before + BEGIN + table(reports) + END + rest.split(END)[1])


def main() -> int:
    wanted = os.environ.get("ROWS", "")
    do.make_images()
    install(PUBLIC_URL)
    reports = []
    for row in (row for row in ROWS if wanted in row.name):
        try:
            reports.append(run(row))
        except ClusterError as error:
            print(f"{row.name}: {error}", file=sys.stderr)
            return 1
        print(json.dumps({key: value for key, value in reports[-1].items() if key != "failures"}), flush=True)
        if not wanted:
            publish(reports)
        if row.fails:
            install(PUBLIC_URL)  # mend what the control broke
    print(table(reports))
    return 0 if all(report["holds"] for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
