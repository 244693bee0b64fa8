"""Each package declares what it imports: what comes with something else today need not tomorrow."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from launcher import ROOT
from launcher.settings import SERVICES

PACKAGES = {
    "chassis": "src/chassis",
    "cli": "broadsheet_cli",
    **{f"services/{name}": f"{name}_service" for name in SERVICES},
}
OURS = frozenset({"chassis", *(Path(code).name for code in PACKAGES.values())})
DISTRIBUTIONS = packages_distributions()
_NAME = re.compile(r"([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?")


@pytest.mark.parametrize("folder", PACKAGES)
def test_what_is_imported_is_declared(folder: str) -> None:
    declared = set(_declared(folder))
    undeclared = {
        module
        for module in _imported(ROOT / folder / PACKAGES[folder])
        if declared.isdisjoint(map(_normal, DISTRIBUTIONS.get(module, [])))
    }
    assert undeclared == set()


def _declared(folder: str) -> Iterator[str]:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    for requirement in chain(project["dependencies"], *project.get("optional-dependencies", {}).values()):
        found = _NAME.match(requirement)
        assert found
        yield _normal(found[1])
        yield from (f"{_normal(found[1])}-{extra}" for extra in (found[2] or "").split(","))  # psycopg[pool]


def _imported(code: Path) -> set[str]:
    """The foreign modules that it imports, but for what its tests do."""
    trees = [ast.parse(file.read_text()) for file in code.rglob("*.py") if "testing" not in file.with_suffix("").parts]
    assert trees
    imported = {name.partition(".")[0] for tree in trees for node in ast.walk(tree) for name in _names(node)}
    return imported - OURS - sys.stdlib_module_names


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def _normal(name: str) -> str:
    """PyPA's name normalization."""
    return re.sub(r"[-_.]+", "-", name).lower()
