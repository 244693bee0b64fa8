"""Whatever an operation reads of its query is in its document: there is one way to read it, and one to say so."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import ROOT
from launcher.settings import SERVICES

READ_ANOTHER_WAY = {
    "blog_service/posts/realworld/windows.py": "a `query_of` of its own, which overlooks what it does not know",
    "blog_service/pages/views.py": "pages for people are in no document",
}
INTERNAL = "internal/"  # what services ask each other, which no client sees


def modules() -> Iterator[tuple[str, ast.Module]]:
    for service in SERVICES:
        for file in sorted((ROOT / f"services/{service}/{service}_service").rglob("*.py")):
            if not {"tests", "testing", "migrations"} & set(file.parts):
                yield str(file.relative_to(ROOT / f"services/{service}")), ast.parse(file.read_text())


def test_queries_are_read_in_one_way() -> None:
    """A name that a view reads by itself is in no document, and a wrong one is not refused."""
    readers = {
        name
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in {"GET", "query_params"} and INTERNAL not in name
        if not name.startswith("gateway_service/") and "admin" not in Path(name).name
    }
    assert readers == set(READ_ANOTHER_WAY)


def calls(module: ast.AST, called: str) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called:
            yield node


READING = [
    pytest.param(name, module, ast.unparse(call.args[-1]), id=f"{name}:{call.lineno}")
    for name, module in modules()
    for call in calls(module, "query_of")
]


@pytest.mark.parametrize(("name", "module", "known"), READING)
def test_what_is_read_is_documented_beside_it(name: str, module: ast.Module, known: str) -> None:
    documented = {ast.unparse(call.args[0]) for call in calls(module, "documented")}
    assert known in documented, f"{name} reads {known} and documents {sorted(documented)}"


def test_there_are_queries_to_check() -> None:
    assert len(READING) > 20
