"""Codes of refusals that the code names and ``contracts/problems.yaml`` does not: their pages would be missing."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import yaml

CATALOGUE = "contracts/problems.yaml"
_CODE = re.compile("[a-z]+(_[a-z]+)*")
_REFUSALS = ("Problem", "Refused", "Refusal")


def problems(root: Path) -> Iterator[str]:
    """A sentence for each code without an entry."""
    listed = {code for group in yaml.safe_load((root / CATALOGUE).read_text()).values() for code in group}
    for code, file in sorted(_named(root)):
        if code not in listed:
            yield f"{CATALOGUE}: no {code}, which is in {file.relative_to(root)}"


def _named(root: Path) -> set[tuple[str, Path]]:
    files = [*(root / "chassis/src").rglob("*.py"), *(root / "services").rglob("*.py")]
    code = (file for file in files if not {"tests", "testing", "migrations"} & set(file.parts))
    return {(found, file) for file in code for node in ast.walk(ast.parse(file.read_text())) for found in _codes(node)}


def _codes(node: ast.AST) -> Iterator[str]:
    """What stands behind a status, or is the first word of a refusal or a default for one."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name.endswith(_REFUSALS):
            yield from _one(code)
        case ast.Call(args=items) | ast.Tuple(elts=items):
            for neighbours in pairwise(items):
                match neighbours:
                    case ast.Constant(value=int(number)), ast.Constant(value=str(text)) if 400 <= number < 600:
                        yield from _one(text)
        case ast.keyword(arg="refused_as", value=ast.Constant(value=str(code))):
            yield from _one(code)
        case ast.AnnAssign(target=ast.Name(id="refused_as"), value=ast.Constant(value=str(code))):
            yield from _one(code)


def _one(code: str) -> Iterator[str]:
    if _CODE.fullmatch(code):
        yield code
