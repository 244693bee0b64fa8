"""A whole platform of a test's own: in its own folder, on free ports, started and stopped as a person would."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from launcher import ROOT
from launcher.servers.ports import LOOPBACK, free_port, is_free

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

    def make(self, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run make with nothing in its environment but this platform's settings."""
        return subprocess.run(
            ["make", f"PYTHON={sys.executable}", *arguments],
            cwd=self.root,
            env=self.environment | settings,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

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
    """A free port for the gateway's two doors, and three in a row for each service and its background processes."""
    ports = {"GATEWAY_PORT": free_port(), "GATEWAY_ADMIN_PORT": free_port()}
    for service in ("AUTH", "BLOG", "MEDIA"):
        port = free_port()
        while not (is_free(port + 1) and is_free(port + 2)):
            port = free_port()
        ports[f"{service}_PORT"] = port
    return {name: str(port) for name, port in ports.items()}
