"""The page of all operations is as the API is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from launcher import ROOT
from tests.documents.operations import PAGE, operations, page


def test_page_of_operations_is_made_of_the_api_of_today() -> None:
    assert PAGE.read_text() == page(), "python -m tests.documents.operations"


def test_every_operation_is_on_it_and_says_what_it_does() -> None:
    rows = re.findall(r"^\| `[\w.]+` \| `(\w+ /[^`]*)` \| [^|]+ \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(f"{each.method} {each.path}" for each in operations())
    assert len(rows) > 100


@pytest.mark.parametrize("contract", sorted((ROOT / "contracts/openapi").glob("*.json")), ids=lambda file: file.stem)
def test_no_description_needs_another_one_to_be_understood(contract: Path) -> None:
    begins_with_a_pronoun = re.compile(r"(The same|Those|That|These|They|Its|As the|As it)\b")
    assert [text for text in _descriptions(json.loads(contract.read_text())) if begins_with_a_pronoun.match(text)] == []


def _descriptions(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        texts = (document.get(name) for name in ("summary", "description"))
        yield from (text for text in texts if isinstance(text, str))
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from _descriptions(each)
