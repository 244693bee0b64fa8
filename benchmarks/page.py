"""``docs/figures.md``: the newest results as tables, written after each run that is not quick."""

import json
from typing import Any

from benchmarks.results import FOLDER

PAGE = FOLDER.parents[1] / "docs/figures.md"
_HEAD = """# Figures

What `make bench` measured last, made from `benchmarks/results/*.json`; `make bench NAME=events` measures one part anew.
Each part was measured side by side in one run. Rates wobble from machine to machine, ratios and CPU per unit less so.
"""
_VERDICT = {True: "yes", False: "**no**", None: ""}


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(render())


def render() -> str:
    """The page as it has to be."""
    results = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return "\n".join([_HEAD, *map(_section, results)])


def _section(result: dict[str, Any]) -> str:
    machine = "{cpu}, {cores} cores, {memory_gb} GB".format(**result["machine"])
    title = f"## {result['name']}\n\n{result['date']}, {machine}.\n"
    head = "| id | what | value | target | holds | beside |\n| --- | --- | ---: | --- | --- | --- |"
    return "\n".join([title, head, *map(_row, result["figures"]), ""])


def _row(figure: dict[str, Any]) -> str:
    value = f"{figure['value']:,.10g} {figure['unit']}"
    beside = ", ".join(f"{what}: {_shown(amount)}" for what, amount in figure["beside"].items())
    return (
        f"| {figure['id']} | {figure['what']} | {value} | {figure['target']} | {_VERDICT[figure['holds']]} | {beside} |"
    )


def _shown(amount: float | str) -> str:
    return amount if isinstance(amount, str) else f"{amount:,.10g}"


if __name__ == "__main__":
    write()
