"""``docs/api/codes.md``: every code a refusal may carry, made of ``contracts/problems.yaml``.

``python -m tests.documents.codes`` writes it anew.
"""

from typing import Any

import yaml

from launcher import ROOT

PAGE = ROOT / "docs/api/codes.md"
CATALOGUE = ROOT / "contracts/problems.yaml"
HEAD = """# Codes

Every `code` that a refusal may carry, and what its client may do; [Errors](errors.md) says what refusals look like. The
same stands at `/problems/<code>` of each platform, where the `type` of a problem leads. The status is the usual one:
where an answer has another, its own counts. This page is made by `python -m tests.documents.codes`.
"""
PARTS = {"gateway": "Of the door, in every version", "services": "Of the services behind it"}


def codes() -> dict[str, dict[str, Any]]:
    """By the part of the catalogue they are in."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(CATALOGUE.read_text())
    return read


def page() -> str:
    """The whole of it."""
    table = "| code | status | what has happened | what to do |\n|---|---|---|---|\n"
    return HEAD + "".join(
        f"\n## {PARTS[part]}\n\n{table}" + "".join(_row(code, told) for code, told in sorted(listed.items()))
        for part, listed in codes().items()
    )


def _row(code: str, told: dict[str, Any]) -> str:
    return f"| `{code}` | {told['status']} | {_cell(told['meaning'])} | {_cell(told['remedy'])} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
