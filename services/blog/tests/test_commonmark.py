"""The examples of CommonMark's specification, as posts."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import nh3
import pytest
from blog_service.testing import Caller

from tests.support.programs import npm_install, program

SPECIFICATION = Path(__file__).with_name("commonmark")
POST = "v1/posts/first-light"
INTENDED = {
    "there is nothing to fill in": {171},
    "no class, and no attribute that we do not know": {152, 153, 154, 164, 169},
    "a class of code names a language": {144},
    "ids are prefixed, and links to them": {153, 154, 501},
    "elements that we do not know leave their words": {150, 163, 201, 491, 524, 536, 613, 614, 615, 616, 617},
    "links lead to the web and to mail": {596, 598, 599, 601},
}


class Example(TypedDict):
    markdown: str
    html: str
    number: int


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    """Those of the package that the authors of CommonMark publish, installed from its lock."""
    npm_install(SPECIFICATION, SPECIFICATION)
    script = "console.log(JSON.stringify(require('commonmark-spec').tests))"
    printed = subprocess.run(
        [program("node", "nodejs"), "-e", script], cwd=SPECIFICATION, check=True, capture_output=True
    )
    found: list[Example] = json.loads(printed.stdout.replace("→".encode(), rb"\t"))
    return found


def test_posts_mean_what_commonmark_says(alice: Caller, examples: list[Example]) -> None:
    alice.writes()
    other = set()
    for example in examples:
        answer = alice.patch(POST, {"body": example["markdown"]})
        assert answer.status == 200
        if _meaning(answer.body["html"]) != _meaning(example["html"]):
            other.add(example["number"])
    assert len(examples) == 652
    assert other == set().union(*INTENDED.values())


def _meaning(html: str) -> list[str]:
    """The elements, attributes and words that a browser makes of it.

    Scripts and styles mean nothing, as does what we add to each heading and link.
    """
    tags = {name.lower() for name in re.findall(r"</?([a-zA-Z][\w-]*)", html)} - {"script", "style"} | {"tbody"}
    names = {name.lower() for name in re.findall(r"[\w-]+(?=[\s=>])", html)} - {"rel"}
    parsed = nh3.clean(html, tags=tags, attributes={"*": names}, link_rel=None, url_schemes=_schemes(html))
    parsed = re.sub(r'(<h\d) id="[^"]*"', r"\1", parsed)
    return list(_pieces(parsed))


def _schemes(html: str) -> set[str]:
    return {scheme.lower() for scheme in re.findall(r'"([\w+.-]+):', html)}


def _pieces(html: str) -> Iterator[str]:
    for piece in re.split(r"(<[^>]*>)", html):
        if words := " ".join(piece.split()):
            yield words
