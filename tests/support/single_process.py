"""One process of the platform, on SQLite and folders of its own, started by its command."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from launcher.servers.ports import LOOPBACK, free_port
from launcher.settings import SERVICES_WITH_DATABASE
from tests.support.waiting import eventually

PROGRAM = Path(sys.executable).with_name("broadsheet")
START_SECONDS = 120
STOP_SECONDS = 30


class SingleProcess:
    """``broadsheet <service> <command>`` with all its data below ``folder``."""

    def __init__(self, folder: Path, service: str, command: str = "web", **settings: str) -> None:
        self.words = [str(PROGRAM), service, command]
        self.folder = folder
        self.heartbeat = folder / "heartbeat"
        self.port, admin_port = free_port(), free_port()
        self._service = service
        self._environment = {
            "HOME": os.environ["HOME"],
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder),
            "EVENTS_URL": f"sqlite:///{folder}/bus.sqlite3",
            "JOBS_URL": f"sqlite:///{folder}/jobs.sqlite3",
            "MEDIA_STORAGE_URL": f"file://{folder}/media",
            "HEARTBEAT_FILE": str(self.heartbeat),
            f"{service.upper()}_PORT": str(self.port),
            "GATEWAY_ADMIN_PORT": str(admin_port),
            **{f"{name.upper()}_DATABASE_URL": f"sqlite:///{folder}/{name}.sqlite3" for name in SERVICES_WITH_DATABASE},
            **settings,
        }

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def migrate(self, output: IO[str] | int = subprocess.DEVNULL) -> int:
        """The exit code of bringing the service's database up to date."""
        words = [str(PROGRAM), self._service, "migrate"]
        done = subprocess.run(words, env=self._environment, cwd=self.folder, stdout=output, stderr=output, check=False)
        return done.returncode

    @contextmanager
    def running(self, output: IO[str] | int = subprocess.DEVNULL) -> Iterator["subprocess.Popen[str]"]:
        """Have it run and at work until the end of the block."""
        process = subprocess.Popen(
            self.words, env=self._environment, cwd=self.folder, stdout=output, stderr=output, text=True
        )
        with process:
            try:
                eventually(lambda: process.poll() is not None or self._is_at_work(), seconds=START_SECONDS)
                assert process.poll() is None, f"{self.words} ended with {process.returncode}"
                yield process
            finally:
                process.terminate()
                process.wait(STOP_SECONDS)

    def _is_at_work(self) -> bool:
        if self.heartbeat.exists():
            return True
        try:
            return httpx.get(f"{self.url}/livez", timeout=5).status_code < 500
        except httpx.TransportError:
            return False
