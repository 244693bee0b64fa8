"""Published advisories against what the locks hold: pip-audit asks the package index, one line says what it answered.

An index that knows no advisories answers every question with 404, which pip-audit reports as nothing found: such an
answer, or none, is said as it is and fails nobody who works without the Internet.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = tuple(f"requirements/{name}.txt" for name in ("development", "checkov", "clients"))
"""The first holds all that the services have."""
COMMAND = ("--disable-pip", "--require-hashes", "--progress-spinner=off", "--timeout=5", "--format=json")
SECONDS = 120


@dataclass(frozen=True)
class Report:
    """What pip-audit says of one lock: packages it asked about, and what is known of them, a line each."""

    asked: int
    found: list[str]

    @classmethod
    def read(cls, text: str) -> "Report":
        """From the JSON of pip-audit; whatever is not that counts as nothing asked."""
        try:
            packages = json.loads(text)["dependencies"]
        except (ValueError, KeyError, TypeError):
            return cls(0, [])
        asked = [package for package in packages if "skip_reason" not in package]
        return cls(len(asked), [_sentence(package, fault) for package in asked for fault in package["vulns"]])


def _sentence(package: dict[str, Any], fault: dict[str, Any]) -> str:
    mended = ", ".join(fault["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}"


def audit(lock: str) -> Report:
    """Ask about every package of a lock."""
    program = str(Path(sys.executable).with_name("pip-audit"))
    try:
        made = subprocess.run(
            [program, *COMMAND, f"--requirement={lock}"], capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return Report(0, [])
    return Report.read(made.stdout)


def main() -> int:
    """1 where something is known to be wrong."""
    reports = [audit(lock) for lock in LOCKS]
    found = sorted({line for report in reports for line in report.found})
    print(*found, sep="\n", end="\n" if found else "")
    asked = sum(report.asked for report in reports)
    print(
        f"{asked} packages asked about, {len(found)} advisories"
        if asked
        else "not asked: no index here knows advisories"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
