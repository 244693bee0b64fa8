"""A whole platform of a test's own: in its own folder, on free ports, started and stopped as a person would."""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Self

from launcher import ROOT
from launcher.servers.ports import LOOPBACK, is_free

START_SECONDS = 600


class Platform:
    """`make` with settings of its own; use as a context manager to have it up."""

    def __init__(self, folder: Path, mode: str = "embedded", root: Path = ROOT) -> None:
        self.folder = folder
        self.root = root
        self.settings = {"MODE": mode, "VAR_DIR": str(folder), **_free_ports()}

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.settings['GATEWAY_PORT']}"

    @property
    def ports(self) -> list[int]:
        """Where its processes listen in embedded mode."""
        doors = {name: int(port) for name, port in self.settings.items() if name.endswith("_PORT")}
        behind = [port + offset for name, port in doors.items() if "GATEWAY" not in name for offset in (1, 2)]
        return sorted([*doors.values(), *behind])

    @property
    def observers(self) -> dict[str, str]:
        """Where they are, as `make up` says; it is said again by one that changes nothing."""
        said = [line.split() for line in self.make("up").stdout.splitlines()]
        return {words[0]: words[1] for words in said if words and words[0] in {"Prometheus", "Graphite", "Statsd"}}

    def make(self, *arguments: str, typed: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run make with nothing in its environment but this platform's settings."""
        return subprocess.run(
            ["make", f"PYTHON={sys.executable}", *arguments],
            cwd=self.root,
            env=self.environment | settings,
            input=typed,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def shell(self, service: str, script: str) -> str:
        """Run Python inside a service, as its operator would; gives what it printed."""
        done = self.make("shell", f"S={service}", typed=script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        return {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], **self.settings}

    def has_logged(self, process: str, text: str) -> bool:
        return text in (self.folder / "log" / f"{process}.log").read_text()

    def processes(self) -> list[str]:
        """Command lines of everything that runs for this platform."""
        mark = f"BROADSHEET_VAR={self.folder}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue  # it has ended meanwhile
        return found

    def __enter__(self) -> Self:
        made = self.make("up")
        assert made.returncode == 0, made.stdout + made.stderr
        return self

    def __exit__(self, *_: object) -> None:
        try:
            stopped = self.make("down")
            assert stopped.returncode == 0, stopped.stdout + stopped.stderr
            assert self.processes() == []
        finally:
            self.make("reset")


def _free_ports() -> dict[str, str]:
    """Ports for the gateway's two doors, and four in a row for each service and its background processes.

    They lie below those that outgoing connections are given: a service binds its own some time after they were chosen.
    """
    first = random.randrange(10_000, 32_000, 20)
    if not all(is_free(first + offset) for offset in range(14)):
        return _free_ports()
    offsets = {"GATEWAY_PORT": 0, "GATEWAY_ADMIN_PORT": 1, "AUTH_PORT": 2, "BLOG_PORT": 6, "MEDIA_PORT": 10}
    return {name: str(first + offset) for name, offset in offsets.items()}
