"""``make rollout-proof``: what a roll-out loses, row by row, under open-loop load on a cluster.

Needs what ``make cluster-test`` installed, and Docker to make the images it upgrades to. RATE requests a second, ROWS
picks rows by parts of their names, with commas between. Renews their lines in docs/rollouts.md and var/rollouts.json.
"""
# ruff: noqa: T201  what is proved is printed

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cluster import disturbances as do
from tests.cluster.accounts import account, repair
from tests.cluster.cluster import PUBLIC_URL, ROOT, ClusterError, wait_ready
from tests.cluster.install import install
from tests.cluster.pods import LoadJob

RATE = float(os.environ.get("RATE", "30"))
WARM_UP, BEFORE, SETTLE = 10, 90, 5
"""Seconds of load before latencies count, before the disturbance, and after it."""
PAGE, SAVED = ROOT / "docs/rollouts.md", ROOT / "var/rollouts.json"
BEGIN, END = "<!-- rows: begin -->\n", "<!-- rows: end -->\n"
Report = dict[str, Any]


def cut(report: Report) -> str:
    """Connections that broke or were refused, which is what users see of a pod that is gone too soon."""
    seen = Counter(item["told"].get("error", str(item["status"])).partition(":")[0] for item in report["failures"])
    return ", ".join(f"{count} {what}" for what, count in seen.most_common())


def missing(report: Report) -> str:
    return f"{report['events_lost']} events missing, sent again by the audit" if report["events_lost"] else ""


@dataclass(frozen=True)
class Row:
    """One disturbance under load, and how long the load lasts at least. ``refusals``: 503 with Retry-After is allowed.

    ``shows``: a negative control, and what it must show of the precaution that it undoes.
    """

    name: str
    disturb: Callable[[], object]
    seconds: float = 0
    refusals: bool = False
    shows: Callable[[Report], str] | None = None


ROWS = (
    Row("nothing", lambda: None, 60),
    Row("`helm upgrade` of one service after the other", lambda: do.upgrade_in_turn(do.other_version())),
    Row("`helm upgrade` to another image", lambda: do.upgrade(do.other_version())),
    Row("`helm rollback`", do.rollback),
    Row("`helm upgrade` with a migration", lambda: do.upgrade("migrated")),
    Row("older code on newer schema (`helm rollback`)", do.rollback),
    Row("`helm upgrade` with a migration that fails", do.upgrade_that_fails),
    Row("RabbitMQ's pod restarted", lambda: do.restart_server("rabbitmq"), 30),
    Row("PostgreSQL's pod restarted", lambda: do.restart_server("postgresql"), 30, refusals=True),
    Row("blog's consumer killed at work", do.kill_consumer),
    Row("every pod evicted in turn", lambda: do.each_pod(do.evict)),
    Row("every pod deleted in turn", lambda: do.each_pod(do.delete)),
    Row("HPA out and in", do.scale_out_and_in),
    Row("negative: no preStop, drain of 1 s", do.without_pre_stop, shows=cut),
    Row("negative: grace below drain", do.without_grace, shows=cut),
    Row("negative: liveness asks the database", do.liveness_asks_database, 30, shows=lambda report: report["note"]),
    Row("negative: a consumer that acks early, killed at work", do.kill_consumer_that_acks_early, shows=missing),
)


def run(row: Row) -> Report:
    """Load, disturb meanwhile, and count what went wrong."""
    wait_ready()
    load = LoadJob(RATE)
    time.sleep(WARM_UP)
    load.begin_span()
    time.sleep(BEFORE)
    load.begin_span()
    began = time.monotonic()
    note = row.disturb()
    took = time.monotonic() - began
    time.sleep(max(0, row.seconds - took) + SETTLE)
    report = load.report()
    if report["requests"] < RATE * (BEFORE + took):
        sent = f"{report['requests']} requests in {BEFORE + took:.0f} s"
        raise ClusterError(f"the load ended before the disturbance did: {sent}")
    wait_ready()
    events = account()
    refused = [item for item in report["failures"] if item["status"] == 503 and "Retry-After" in item["told"]]
    before, during = report.pop("spans")
    report |= during | {
        "row": row.name,
        "p99_before_ms": before["p99_ms"],
        "took_s": round(took, 1),
        "refused": len(refused) if row.refusals else 0,
        "events": events.published,
        "events_parked": events.parked,
        "events_lost": events.lost,
        "events_doubled": events.doubled,
        "note": note or "",
    }
    report["failed"] -= report["refused"]
    report["holds"] = _holds(row, report)
    return report


def _holds(row: Row, report: Report) -> bool:
    """Whether everything was kept and accounted for, or a negative control showed what it must."""
    if row.shows:
        report["note"] = row.shows(report)
        return bool(report["note"])
    unaccounted = report["events_lost"] + report["events_doubled"] + report["events_parked"]
    return not report["lost"] and not report["failed"] and not unaccounted


def _mend(report: Report) -> None:
    do.mend()
    if report["events_lost"]:
        repair()


def table(reports: list[Report]) -> str:
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
        "p99 before",
        "p99",
    ]
    lines = [f"| {' | '.join([*head, 'as it must be'])} |", "| --- " + "| ---: " * (len(head) - 1) + "| --- |"]
    for report in reports:
        counts = [report["requests"], report["failed"], report["refused"], len(report["lost"])]
        counts += [report["events_lost"], report["events_doubled"]]
        times = [f"{report[name]:.0f} ms" for name in ("p50_ms", "p99_before_ms", "p99_ms")]
        verdict = "yes" if report["holds"] else "**no**"
        note = f" ({report['note']})" if report["note"] else ""
        lines.append(f"| {' | '.join([report['row'], *map(str, counts), *times, verdict + note])} |")
    return "\n".join(lines) + "\n"


def publish(report: Report) -> None:
    """Write the row to var/, in place of an older one of its name, and all of them into the page."""
    SAVED.parent.mkdir(exist_ok=True)
    known = json.loads(SAVED.read_text()) if SAVED.exists() else []
    by_name = {each["row"]: each for each in [*known, report]}
    reports = [by_name[row.name] for row in ROWS if row.name in by_name]
    SAVED.write_text(json.dumps(reports, indent=1) + "\n")
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(before + BEGIN + table(reports) + END + rest.split(END)[1])


def main() -> int:
    # helm and kubectl are an operator's, on another machine: here they must not hold up the platform
    os.nice(19)
    os.environ["GOMAXPROCS"] = "1"
    wanted = os.environ.get("ROWS", "").split(",")
    do.make_images()
    install(PUBLIC_URL)
    reports = []
    for row in (row for row in ROWS if any(part in row.name for part in wanted)):
        try:
            reports.append(run(row))
        except ClusterError as error:
            print(f"{row.name}: {error}", file=sys.stderr)
            return 1
        told = {key: value for key, value in reports[-1].items() if key not in {"failures", "slowest"}}
        print(json.dumps(told), flush=True)
        publish(reports[-1])
        if row.shows:
            _mend(reports[-1])
    print(table(reports))
    return 0 if all(report["holds"] for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
