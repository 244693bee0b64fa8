"""The page of codes is as the catalogue is, and says of each what a client does."""

import re

from chassis.problem_catalogue import reasons

from tests.documents.codes import PAGE, codes, page


def test_page_of_codes_is_made_of_the_catalogue_of_today() -> None:
    assert PAGE.read_text() == page(), "python -m tests.documents.codes"


def test_every_code_that_has_a_page_on_the_platform_is_on_it() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\d{3}) \| [^|]+ \| [^|]+ \|$", PAGE.read_text().replace(r"\|", ""), re.MULTILINE
    )
    assert dict(rows) == {code: str(reason.status) for code, reason in reasons().items()}
    assert len(rows) > 100


def test_each_says_in_sentences_what_has_happened_and_what_to_do() -> None:
    said = {
        (code, name): told[name]
        for listed in codes().values()
        for code, told in listed.items()
        for name in ("meaning", "remedy")
    }
    assert {key: text for key, text in said.items() if not re.match(r"[A-Z`].+[.`)]$", text, re.DOTALL)} == {}
