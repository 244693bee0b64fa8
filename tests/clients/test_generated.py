"""Clients that others generate of the merged documents: without a warning, with types that hold, and they tell a story.

Nothing of what is generated is kept; the generators are pinned by ``requirements/clients.txt`` and the lock beside.
"""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.photographs import photograph
from tests.support.platform import Platform
from tests.support.programs import npm_install

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
VERSIONS = ("1", "2")
SECONDS = 600


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Platform(tmp_path_factory.mktemp("platform")) as platform:
        yield platform.base_url


@pytest.fixture(scope="module")
def workshop(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents of the platform, a picture and the stories."""
    folder = tmp_path_factory.mktemp("clients")
    for version in VERSIONS:
        document = httpx.get(f"{base_url}/openapi.json", params={"version": version}, timeout=60)
        (folder / f"v{version}.json").write_bytes(document.content)
    (folder / "river.jpg").write_bytes(photograph())
    for name in ("story.py", "story.ts", "generator.yaml", "tsconfig.json"):
        shutil.copy(HERE / name, folder)
    return folder


def run(folder: Path, *command: str) -> str:
    """What a program says on both outputs; raises AssertionError, with that, where it fails."""
    path = f"{folder / 'venv/bin'}:{folder / 'node_modules/.bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": path},
        text=True,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def story(folder: Path, base_url: str, *command: str) -> None:
    name = f"gen-{uuid.uuid4().hex[:8]}"
    told: dict[str, object] = json.loads(run(folder, *command, base_url, name, "river.jpg"))
    assert told.pop("bytes")
    assert told == {
        "titles": [f"By {name}"],
        "comments": ["Well *seen*."],
        "codes": ["email", "invalid_credentials"],
    }


def test_python_client(workshop: Path, base_url: str) -> None:
    run(workshop, sys.executable, "-m", "venv", "venv")
    pip = ("venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
    run(workshop, *pip, str(ROOT / "requirements/clients.txt"))
    for version in reversed(VERSIONS):  # the last one is that of the story
        options = ("--config=generator.yaml", "--output-path=generated", "--overwrite")
        said = run(workshop, "openapi-python-client", "generate", f"--path=v{version}.json", *options)
        assert said.split() == ["Generating", "generated"], said
    shutil.move(workshop / "generated/broadsheet_client", workshop / "broadsheet_client")
    run(workshop, "mypy", "--strict", "--follow-imports=silent", "story.py")
    story(workshop, base_url, "venv/bin/python", "story.py")


def test_typescript_client(workshop: Path, base_url: str) -> None:
    npm_install(HERE, workshop)
    for version in reversed(VERSIONS):
        said = run(workshop, "openapi-typescript", f"v{version}.json", "--output=schema.d.ts")
        assert "warn" not in said.lower(), said
    run(workshop, "tsc", "--project", "tsconfig.json")
    story(workshop, base_url, "node", "out/story.js")
