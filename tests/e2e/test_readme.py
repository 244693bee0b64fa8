"""What the README shows is what happens."""

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from launcher import ROOT
from tests.support.photographs import photograph
from tests.support.platform import Platform


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.fixture
def commands(own_platform: Platform) -> list[str]:
    """The README's commands, said to the platform of this test, which has loaded the demo content."""
    return [block.replace("http://127.0.0.1:8000", own_platform.base_url) for block in blocks("sh") if "curl" in block]


def said(script: str) -> str:
    return subprocess.run(["sh", "-e", "-c", script], capture_output=True, text=True, check=True).stdout


def test_first_request_gives_the_answer_shown(commands: list[str]) -> None:
    assert json.loads(said(commands[0])) == json.loads(blocks("json")[0])


def test_post_with_a_photograph_is_public_after_the_commands_shown(
    commands: list[str], own_platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photo.jpg").write_bytes(photograph())
    monkeypatch.chdir(tmp_path)
    post = f"{own_platform.base_url}/api/v1/posts/night-edition"
    assert httpx.get(post).status_code == 404
    said("\n".join(commands))
    shown = httpx.get(post).json()
    assert (shown["author"]["username"], shown["images"][0]["alt"]) == ("ada", "The press at night")


def test_first_request_is_shown_before_line_60() -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme[: readme.index("```json")].count("\n") < 60
