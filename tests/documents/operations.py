"""``docs/api/operations.md``: every operation of the API on one page, made of the documents and of who may call what.

``python -m tests.documents.operations`` writes it anew.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from launcher import ROOT
from launcher.settings import SERVICES

PAGE = ROOT / "docs/api/operations.md"
PARTS = {
    "v2.": "Version 2",
    "v1.": "Version 1",
    "realworld.": "RealWorld's dialect",
    "": "Pages, pictures and feeds",
}
"""How the ids of a part begin; the last takes what is left."""
METHODS = ("get", "post", "put", "patch", "delete")
HEAD = """# Operations

Each by its id, which is its name in [generated clients](generated-clients.md) as well; `/docs` shows what goes in and
comes out. This page is made by `python -m tests.documents.operations`.

Who may call it: *all*, with or without a token; *all, more with a token*; else a token with the scope that stands
there, of an account with one of the roles, if any do. *Log-in* says that a personal token may not, and *cookie* that a
log-in by cookie may as well.
"""


class Operation(NamedTuple):
    id: str
    method: str
    path: str
    says: str


def operations() -> Iterator[Operation]:
    """Of the public API, as its services' documents have them."""
    for service in SERVICES:
        file = ROOT / f"contracts/openapi/{service}.json"
        if not file.exists():
            continue  # the gateway shows what others have
        for path, methods in json.loads(file.read_text())["paths"].items():
            for method in METHODS:
                if method in methods:
                    says = methods[method].get("description") or methods[method].get("summary", "")
                    yield Operation(methods[method]["operationId"], method.upper(), path, _sentence(says))


def page() -> str:
    """The whole of it."""
    may = _who_may()
    rows: dict[str, list[str]] = defaultdict(list)
    for each in sorted(operations()):
        part = next(name for begin, name in PARTS.items() if each.id.startswith(begin))
        named = each.id.removeprefix("v1.").removeprefix("v2.")
        rows[part].append(f"| `{named}` | `{each.method} {each.path}` | {may[each.method, each.path]} | {each.says} |")
    table = "| operation | request | who | what it does |\n|---|---|---|---|\n"
    return HEAD + "".join(f"\n## {part}\n\n{table}" + "\n".join(rows[part]) + "\n" for part in PARTS.values())


def _who_may() -> dict[tuple[str, str], str]:
    access = yaml.safe_load((ROOT / "contracts/access.yaml").read_text())
    words = {name: _words(rule) for name, rule in access["rules"].items()}
    return {
        (method, path): words[rule]
        for paths in access["operations"].values()
        for path, rules in paths.items()
        for method, rule in rules.items()
    }


def _words(rule: dict[str, Any]) -> str:
    if rule["auth"] == "public":
        return "all"
    if rule["auth"] == "optional":
        return "all, more with a token"
    said = [f"`{scope}`" for scope in rule["scopes"]]
    said += ["log-in"] if rule.get("session") else []
    said += ["cookie"] if rule.get("or_cookie") else []
    return ", ".join(said) + (f"; {', '.join(rule['roles'])}" if "roles" in rule else "")


def _sentence(text: str) -> str:
    """The first one, on one line, as a cell of a table takes it."""
    (first, *_) = re.split(r"(?<=\.)\s+(?=[A-Z])|\n\n", " ".join(text.split()))
    return first.replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
