"""What a benchmark reports: figures with their targets, printed as a table and written as JSON."""

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value. ``beside`` holds what the same run measured for comparison, ``ratio`` is to one of those."""

    id: str
    what: str
    value: float
    unit: str
    target: str = ""
    holds: bool | None = None
    beside: Mapping[str, float | str] = field(default_factory=dict)
    ratio: float | None = None

    def at_most(self, most: float) -> "Figure":
        """The same with a target."""
        return replace(self, target=f"<= {most:g}", holds=self.value <= most)

    def at_least(self, least: float) -> "Figure":
        return replace(self, target=f">= {least:g}", holds=self.value >= least)


def median_ratio(ours: Sequence[float], theirs: Sequence[float], digits: int = 2) -> float:
    """Taken turn by turn, so that what else the machine does falls on both sides."""
    return round(statistics.median(own / other for own, other in zip(ours, theirs, strict=True)), digits)


def report(name: str, figures: Sequence[Figure], *, quick: bool) -> None:
    """Print the figures and write ``results/<name>.json``; a quick run says that it is one and writes nothing."""
    print(f"\n{name}{' (quick: shorter than what is published)' if quick else ''}")
    for figure in figures:
        verdict = {True: "holds", False: "FALLS SHORT", None: ""}[figure.holds]
        beside = ", ".join(f"{what}: {value}" for what, value in figure.beside.items())
        shown = f"{figure.value:,.10g} {figure.unit}"
        print(f"  {figure.id:14} {figure.what:44} {shown:>18}  {figure.target:12} {verdict:12} {beside}")
    if not quick:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json").write_text(json.dumps(_document(name, figures, quick=quick), indent=2) + "\n")


def _document(name: str, figures: Sequence[Figure], *, quick: bool) -> dict[str, Any]:
    return {
        "name": name,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
            "cpu": _cpu_model(),
        },
        "quick": quick,
        "figures": [asdict(figure) for figure in figures],
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown"
