"""The page of all operations is as the API is."""

import re

from tests.documents.operations import PAGE, operations, page


def test_page_of_operations_is_made_of_the_api_of_today() -> None:
    assert PAGE.read_text() == page(), "python -m tests.documents.operations"


def test_every_operation_is_on_it_and_says_what_it_does() -> None:
    rows = re.findall(r"^\| `[\w.]+` \| `(\w+ /[^`]*)` \| [^|]+ \| .+ \|$", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(f"{each.method} {each.path}" for each in operations())
    assert len(rows) > 100
