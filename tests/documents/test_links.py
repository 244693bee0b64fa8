"""What a page names in this repository is there."""

import re
from collections.abc import Iterator

import pytest

from tests.documents.pages import MARKDOWN, ROOT

TOP = "benchmarks|charts|chassis|contracts|docker|docs|findings|launcher|ops|requirements|services|tests"
PATH = re.compile(rf"({TOP})/[\w./<>*-]*")
OF_A_READER = {"name": "blog", "feature": "posts", "service": "blog"}


@pytest.mark.parametrize("page", MARKDOWN)
def test_every_path_is_there(page: str) -> None:
    spans = re.findall(r"`([^`\n]+)`", MARKDOWN[page])
    paths = [
        re.sub(r"<(\w+)>", lambda found: OF_A_READER.get(found[1], found[0]), span)
        for span in spans
        if PATH.fullmatch(span)
    ]
    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", MARKDOWN)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", MARKDOWN[page]):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), target
        if anchor:
            assert anchor in set(_anchors(file.read_text())), target


def _anchors(text: str) -> Iterator[str]:
    """Of headings, as GitHub makes them."""
    for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
