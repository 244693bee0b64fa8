"""A decision says what enforces it, and that is there."""

import re

import pytest

from tests.documents.pages import MARKDOWN, ROOT
from tests.documents.programs import MAKEFILE

FOLDER = "docs/decisions/"
RECORDS = {page: text for page, text in MARKDOWN.items() if re.match(rf"{FOLDER}\d{{4}}-", page)}
CONTRACTS = re.findall(r'^name = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", RECORDS)
def test_what_enforces_it_is_there(page: str) -> None:
    (enforced,) = re.findall(r"^\*\*Enforced by\*\* (.*?)\n(?:\n|\Z)", RECORDS[page], re.MULTILINE | re.DOTALL)
    named = [" ".join(name.split()) for name in re.findall(r"`([^`]+)`", enforced)]
    assert named, "it names no check"
    for name in named:
        assert _is_there(name), name


def _is_there(name: str) -> bool:
    """``make TARGET``, a contract of import-linter, ``file``, ``folder/`` or ``file::test``."""
    if name.startswith("make "):
        return name.split()[1] in MAKEFILE
    file, _, test = name.partition("::")
    if test:
        return f"def {test}(" in (ROOT / file).read_text()
    return name in CONTRACTS or (ROOT / file).exists()


def test_index_lists_every_record_by_its_title() -> None:
    rows = re.findall(r"^\| \[(\d+)\]\((.*?)\) \| (.*) \|$", MARKDOWN[f"{FOLDER}README.md"], re.MULTILINE)
    titles = [re.fullmatch(r"# (\d{4}) (.*)", text.splitlines()[0]) for text in RECORDS.values()]
    assert [(number, FOLDER + file) for number, file, _ in rows] == [
        (title[1], page) for title, page in zip(titles, RECORDS, strict=True) if title
    ]
    assert [said for _, _, said in rows] == [title[2] for title in titles if title]
