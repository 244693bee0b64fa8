"""The alerts of `ops/rules`, as Prometheus reads them where this repository runs the platform. Needs no package."""

import os
from pathlib import Path

from launcher import ROOT

PATHS = "docs/runbooks/"
"""How the address of every alert's runbook begins there."""


def write_rules(folder: Path) -> None:
    """Write them into a folder, with addresses a person can open: below RUNBOOK_URL, or the pages here."""
    published = os.environ.get("RUNBOOK_URL") or (ROOT / PATHS).as_uri()
    folder.mkdir(parents=True, exist_ok=True)
    for file in (ROOT / "ops/rules").glob("*.yaml"):
        (folder / file.name).write_text(file.read_text().replace(PATHS, f"{published.rstrip('/')}/"))
