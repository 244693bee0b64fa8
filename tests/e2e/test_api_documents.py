"""What the pages for client developers show is what happens: their examples, in the order they stand in."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from launcher import ROOT
from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.waiting import eventually

PAGES = sorted((ROOT / "docs/api").glob("*.md"))
THERE = "http://127.0.0.1:8000"
MARK = "=== next ==="
INTERPRETERS = {"python": [sys.executable, "-"], "js": ["node", "--input-type=module", "-"]}


class Example(NamedTuple):
    language: str
    text: str


def examples(page: Path, base_url: str) -> list[Example]:
    found = re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    return [Example(language, text.replace(THERE, base_url)) for language, text in found]


def run(command: list[str], text: str, folder: Path) -> str:
    done = subprocess.run(command, input=text, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def holds(shown: object, told: object) -> bool:
    """Whether an answer has all that is shown of it; ``…`` stands for anything, and a list for how it begins."""
    match shown, told:
        case "…", _:
            return told is not None
        case dict(), dict():
            return all(name in told and holds(value, told[name]) for name, value in shown.items())
        case list(), list():
            return len(shown) <= len(told) and all(map(holds, shown, told))
    return shown == told


@pytest.fixture
def demo_content_is_told_of(own_platform: Platform) -> None:
    """Readers of the pages come later than a second after the start."""
    changes = f"{own_platform.base_url}/api/v2/changes"
    eventually(lambda: httpx.get(changes, timeout=60).json()["items"], seconds=120)


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
@pytest.mark.usefixtures("demo_content_is_told_of")
def test_examples_of_a_page_do_what_they_show(page: Path, own_platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(photograph())
    found = examples(page, own_platform.base_url)
    scripts = [each.text for each in found if each.language == "sh"]
    answers = run(["sh", "-e"], f"\necho '{MARK}'\n".join(scripts), tmp_path)
    told = iter(answers.split(f"{MARK}\n"))
    last = ""
    for example in found:
        if example.language == "sh":
            last = next(told)
        elif example.language == "json":
            assert holds(json.loads(example.text), json.loads(last)), last
        elif example.language == "text":
            assert last == example.text
        else:
            last = run(INTERPRETERS[example.language], example.text, tmp_path)
            assert last


def test_every_page_is_listed() -> None:
    index = (ROOT / "docs/api/README.md").read_text()
    assert all(f"({page.name})" in index for page in PAGES if page.name != "README.md")


def test_an_answer_that_is_not_as_shown_is_seen() -> None:
    assert holds({"a": "…", "b": [{"c": 1}]}, {"a": 5, "b": [{"c": 1, "d": 2}, {}], "e": None})
    for told in ({"a": None, "b": [{"c": 1}]}, {"a": 1, "b": []}, {"a": 1, "b": [{"c": 2}]}, {"b": [{"c": 1}]}):
        assert not holds({"a": "…", "b": [{"c": 1}]}, told)
