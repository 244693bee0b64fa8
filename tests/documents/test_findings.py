"""The page of findings leads to the code that works round them, which names its finding."""

import re

from tests.documents.pages import MARKDOWN, ROOT


def test_code_names_the_finding_that_it_works_round() -> None:
    rows = re.findall(r"^\| `(findings/\S+)` \| `(\S+)` \|$", MARKDOWN["findings/README.md"], re.MULTILINE)
    assert rows
    assert [code for finding, code in rows if finding not in (ROOT / code).read_text()] == []
