"""The steps of a how-to, taken from its page and done in a copy of the repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from launcher.settings import SERVICES
from tests.documents.pages import MARKDOWN, ROOT

STEP = re.compile(r"^### (\d+)\. (.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
NAMES_A_CHECK = re.compile(r"(make lint|publish|\S+\.py)$")
BLOCK = re.compile(r"^```(diff|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)

Key = tuple[str, int]
"""The page and the number of a step."""


@dataclass(frozen=True)
class Step:
    """``forgotten`` is what its page says of it, in words that are looked for."""

    page: str
    number: int
    title: str
    blocks: list[tuple[str, str]]
    forgotten: list[str]
    needs_a_start: bool
    """Only a service that starts sees that it was forgotten."""

    @property
    def key(self) -> Key:
        return self.page, self.number

    def __str__(self) -> str:
        return f"{Path(self.page).stem}, {self.number}. {self.title}"


@dataclass
class Copy:
    """A copy of the repository's files, and what each step changed there: a file's text before and after."""

    root: Path
    changes: dict[Key, list[tuple[Path, str, str]]] = field(default_factory=dict)

    def do(self, step: Step) -> None:
        """Take the step as a reader does."""
        for kind, block in step.blocks:
            if kind == "diff":
                self._edit(step.key, block)
            else:
                self._run(step.key, block)

    def forget(self, key: Key) -> None:
        """Take back what a step has changed, and nothing else."""
        for file, before, after in reversed(self.changes[key]):
            text = (self.root / file).read_text()
            assert text.count(after) == 1, (key, file, after)
            _write(self.root / file, text.replace(after, before))

    def remember(self, key: Key) -> None:
        """Do it after all."""
        for file, before, after in self.changes[key]:
            path = self.root / file
            text = path.read_text() if path.exists() else ""
            _write(path, text.replace(before, after) if before else after)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python on the code of the copy."""
        folders = ["chassis/src", *(f"services/{name}" for name in SERVICES), "."]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(self.root / folder) for folder in folders)}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, *words]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def _edit(self, key: Key, block: str) -> None:
        head, *lines = block.splitlines()
        file = Path(head.removeprefix("--- "))
        before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        path = self.root / file
        text = path.read_text() if path.exists() else ""
        if before:
            before, after = before.removesuffix("\n"), after.removesuffix("\n")  # a part of a line is enough
            assert text.count(before) == 1, f"{file} does not have, once:\n{before}"
        self.changes.setdefault(key, []).append((file, before, after))
        _write(path, text.replace(before, after) if before else after)

    def _run(self, key: Key, block: str) -> None:
        words, _, output = block.strip().partition(" > ")
        was = self._derived()
        answer = self.python("-m", "chassis.run", *shlex.split(words)[1:])
        assert answer.returncode == 0, answer.stderr
        if output:
            (self.root / output).write_text(answer.stdout)
        for file, text in self._derived().items():
            if was.get(file) != text:
                self.changes.setdefault(key, []).append((file, was.get(file, ""), text))

    def _derived(self) -> dict[Path, str]:
        return {file.relative_to(self.root): file.read_text() for file in (self.root / "contracts").rglob("*.json")}


def steps(page: str) -> list[Step]:
    """The steps of a page in their order."""
    return [_step(page, *found) for found in STEP.findall(MARKDOWN[page])]


def _step(page: str, number: str, title: str, text: str) -> Step:
    said = text.partition("Forgotten: ")[2]
    forgotten = [quoted for quoted in re.findall(r"`([^`]+)`", said) if not NAMES_A_CHECK.match(quoted)]
    needs_a_start = "services/blog/tests/" in said or "does not start" in said
    return Step(page, int(number), title, BLOCK.findall(text), forgotten, needs_a_start)


def copied(folder: Path) -> Copy:
    """A copy of all files that git knows or would take."""
    for name in _files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    return Copy(folder)


@cache
def _files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).exists()]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if text:
        path.write_text(text)
    else:
        path.unlink()
