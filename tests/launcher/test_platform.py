"""The platform as a person meets it: up twice, a killed process, an interrupted start, a second copy, down."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from launcher import ROOT
from tests.support.platform import Platform
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with Platform(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


def pids(platform: Platform) -> dict[str, str]:
    """The process ids in `make status`."""
    lines = platform.make("status").stdout.splitlines()
    return {fields[0]: fields[2] for fields in map(str.split, lines[1:-1])}


def test_every_process_is_ready(platform: Platform) -> None:
    shown = platform.make("status")
    assert shown.returncode == 0
    states = {line.split()[0]: line.split()[1] for line in shown.stdout.splitlines()[1:-1]}
    assert len(states) == 10
    assert set(states.values()) == {"ready"}


def test_nothing_of_the_platform_is_readable_to_others(platform: Platform) -> None:
    paths = [platform.folder, *platform.folder.rglob("*")]
    assert [str(path) for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077] == []
    names = {path.name for path in (platform.folder / "secrets").iterdir()}
    assert names == {
        "AUTH_SECRET_KEY",
        "AUTH_KEY_ENCRYPTION_KEY",
        "BLOG_SECRET_KEY",
        "BLOG_WEBHOOK_KEY",
        "MEDIA_SIGNING_KEY",
        "LOG_HASH_KEY",
    } | {f"{service}_CLIENT_SECRET" for service in ("BLOG", "GATEWAY", "MEDIA")}


def test_second_start_changes_nothing(platform: Platform) -> None:
    before = pids(platform)
    made = platform.make("up")
    assert made.returncode == 0
    assert "Broadsheet is ready" in made.stdout
    assert pids(platform) == before


def test_end_of_the_start_says_where_to_go_and_as_whom(platform: Platform) -> None:
    said = platform.make("up").stdout
    shown = dict(re.findall(r"^  (Read|Write|Build|Status) +(http\S+)", said, re.MULTILINE))
    assert set(shown) == {"Read", "Write", "Build", "Status"}
    assert {name: httpx.get(url).status_code for name, url in shown.items()} == dict.fromkeys(shown, 200)
    login, password = re.findall(r"as (\w+), with the password (\S+)", said)[0]
    answer = httpx.post(f"{platform.base_url}/api/v2/sessions", json={"login": login, "password": password})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("process", ["blog-web", "media-worker", "auth-messenger", "gateway"])
def test_killed_process_comes_back(platform: Platform, process: str) -> None:
    before = pids(platform)
    os.kill(int(before[process]), signal.SIGKILL)

    def is_back() -> bool:
        line = next(line for line in platform.make("status").stdout.splitlines() if line.startswith(f"{process} "))
        return line.split()[1] == "ready" and line.split()[2] != before[process]

    eventually(is_back, seconds=60)


def test_restart_takes_one_service(platform: Platform) -> None:
    before = pids(platform)
    assert platform.make("restart", "S=auth").returncode == 0
    eventually(lambda: httpx.get(f"{platform.base_url}/.well-known/jwks.json").status_code == 200)
    after = pids(platform)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"auth-web", "auth-messenger", "auth-worker"}


def test_unknown_process_names_the_known_ones(platform: Platform) -> None:
    made = platform.make("restart", "S=billing")
    assert made.returncode != 0
    assert "No process is called billing; there are auth-messenger" in made.stderr


def test_second_copy_on_the_same_ports_is_one_sentence(platform: Platform, tmp_path: Path) -> None:
    made = platform.make("up", VAR_DIR=str(tmp_path / "var"))
    assert made.returncode != 0
    sentence = made.stderr.splitlines()[0]
    assert sentence.startswith(f"Taken by the copy of Broadsheet that keeps its data in {platform.folder}: port ")
    assert "Traceback" not in made.stdout + made.stderr
    assert httpx.get(f"{platform.base_url}/api/v1/posts").status_code == 200


def test_dead_supervisor_does_not_keep_the_platform_down(tmp_path: Path) -> None:
    with Platform(tmp_path / "var") as platform:
        supervisor = int((platform.folder / "run" / "supervisord.pid").read_text())
        os.kill(supervisor, signal.SIGKILL)
        assert platform.make("up").returncode == 0
        assert len(pids(platform)) == 10


@pytest.mark.parametrize("moment", ["Migrating", "Starting the services"])
def test_interrupted_start_leaves_nothing(tmp_path: Path, moment: str) -> None:
    platform = Platform(tmp_path / "var")
    with subprocess.Popen(
        [sys.executable, "-m", "launcher", "up"],
        cwd=ROOT,
        env=platform.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as start:
        assert start.stdout is not None
        said = next(line for line in start.stdout if moment in line)
        os.killpg(start.pid, signal.SIGINT)
        rest = start.stdout.read()
    left = platform.processes()
    platform.make("down")  # for a start that went on
    assert start.returncode == 130, said + rest
    assert "Traceback" not in rest
    assert left == []
