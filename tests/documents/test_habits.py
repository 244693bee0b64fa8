"""What ADR 0063 leaves out is in none of the services that are made with Django."""

import ast
from collections.abc import Iterator

import pytest

from launcher import ROOT

LEFT_OUT = {"BrowsableAPIRenderer", "ModelSerializer", "HyperlinkedModelSerializer", "upload_to"}
FIELDS_OF_FILES = {"models.FileField", "models.ImageField"}
OF_DJANGO = ["services/auth/auth_service", "services/blog/blog_service", "chassis/src/chassis/django"]


@pytest.mark.parametrize("folder", OF_DJANGO)
def test_what_is_met_otherwise_is_not_there_by_its_name(folder: str) -> None:
    named = {
        name
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _names(node)
    }
    assert "APIView" in named, "no code was read"
    assert not named & (LEFT_OUT | FIELDS_OF_FILES)


@pytest.mark.parametrize("folder", OF_DJANGO)
def test_no_fixture_and_no_script_starts_or_fills_a_service(folder: str) -> None:
    assert not [*(ROOT / folder).rglob("fixtures"), *(ROOT / folder).rglob("*.sh")]


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name):
            yield from (name, ast.unparse(node))
        case ast.Name(id=name) | ast.alias(name=name) | ast.keyword(arg=str(name)):
            yield name
