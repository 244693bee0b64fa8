"""Run the checks and suites of `make test` side by side and add up what their reports say.

A few tests that failed are run once more when their suite has ended: those that pass then are named at the end, since
each waits for less than it needs, or counts what is not its own, and is to be mended.
"""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from launcher.servers import Server
from tests.support.shared_servers import Environment

REPORTS = Path("var/tests")
TRIED_AGAIN = 3  # more than that is no chance


@dataclass(frozen=True)
class Job:
    """A command that exits with 0 when all is well; a suite also writes a report."""

    name: str
    command: Sequence[str]
    report: Path | None = None
    needs: tuple[type[Server], ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Result:
    """How a job ended: passed, failed and skipped tests, why those were skipped, and which passed when tried again."""

    job: Job
    exit_code: int
    seconds: float
    output: str
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)

    @property
    def closing_line(self) -> str:
        lines = [line for line in self.output.splitlines() if line.strip()]
        return lines[-1].strip(" =") if lines else ""


def tool(name: str, program: str, *arguments: str, **variables: str) -> Job:
    """A check: one program of .venv."""
    return Job(name, [str(Path(sys.executable).with_name(program)), *arguments], variables=variables)


def suite(name: str, *arguments: str, needs: tuple[type[Server], ...] = ()) -> Job:
    """A suite: one pytest process."""
    folder = REPORTS / re.sub("[^a-z]+", "-", name.lower())
    report = folder.with_suffix(".xml")
    told = ["--quiet", "--color=no", f"--override-ini=cache_dir={folder.absolute()}", f"--junitxml={report}"]
    return Job(name, [sys.executable, "-m", "pytest", *told, *arguments], report, needs)


def run_all(jobs: list[Job], environment: Environment, side_by_side: int = 2) -> Iterator[Result]:
    """Run the jobs in order, some side by side, and give each result as it comes; an interruption ends them all."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    running: set[subprocess.Popen[str]] = set()
    with ThreadPoolExecutor(side_by_side) as threads:
        futures = [threads.submit(_run_twice, job, environment(job.name), running) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()
            for process in list(running):
                process.send_signal(signal.SIGINT)  # pytest then ends its fixtures


def _run_twice(job: Job, environment: dict[str, str], running: "set[subprocess.Popen[str]]") -> Result:
    first = _run(job, environment, running)
    if first.exit_code != 1 or not 0 < len(first.failures) <= TRIED_AGAIN:
        return first
    again = replace(job, command=[*job.command, "--last-failed", "--last-failed-no-failures=none"])
    second = _run(again, environment, running)
    first.output += f"\nTried again:\n{second.output}"
    if second.exit_code == 0 and second.counts["passed"] == len(first.failures):
        first.exit_code, first.unsteady = 0, first.failures
        first.counts += Counter(passed=len(first.failures), failed=-len(first.failures))
    return first


def _run(job: Job, environment: dict[str, str], running: "set[subprocess.Popen[str]]") -> Result:
    if job.report:
        job.report.unlink(missing_ok=True)
    began = time.monotonic()
    with subprocess.Popen(
        job.command,
        env=os.environ | environment | dict(job.variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        running.add(process)
        output, _ = process.communicate()
        running.discard(process)
    result = Result(job, process.returncode, time.monotonic() - began, output)
    if job.report and job.report.exists():
        _read_report(result, job.report)
    if process.returncode and not result.counts["failed"]:
        result.counts["failed"] = 1  # a check, or a suite that could not even begin
    return result


def _read_report(result: Result, report: Path) -> None:
    for case in ET.parse(report).iter("testcase"):
        outcome = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
        if outcome is None:
            result.counts["passed"] += 1
        elif outcome.tag == "skipped":
            result.counts["skipped"] += 1
            result.skipped[outcome.get("message", "")] += 1
        else:
            result.counts["failed"] += 1
            result.failures.append(f"{case.get('classname')}::{case.get('name')}")
