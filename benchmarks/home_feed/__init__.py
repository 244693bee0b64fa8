"""The home feed of a reader who follows very many authors, beside that of one who follows five, on PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile

from benchmarks.results import Figure
from launcher import ROOT
from tests.support.servers import fresh_databases

AUTHORS, QUICK_AUTHORS = 5_000, 300


def measure(*, quick: bool) -> list[Figure]:
    """In a process of its own, which has the settings of blog."""
    with fresh_databases() as urls, tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        environment = os.environ | urls | {"VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "benchmarks.home_feed.reading", str(QUICK_AUTHORS if quick else AUTHORS)]
        answer = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    p50: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])  # the log stands before it
    pages = [page.removesuffix(", many") for page in p50 if page.startswith("v") and page.endswith(", many")]
    worst = round(max(p50[f"{page}, many"] / p50[f"{page}, few"] for page in pages), 2)
    what = f"home feed of {QUICK_AUTHORS if quick else AUTHORS:,} authors over that of 5, p50, worst page"
    return [
        Figure(
            id="home-feed-many-over-few",
            what=what,
            value=worst,
            unit="times",
            beside={f"{page}, ms": value for page, value in p50.items()},
        ).at_most(2)
    ]
