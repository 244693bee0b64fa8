"""A gateway as it runs: its own process on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar

import psutil

DEADLINE_SECONDS = 60
T = TypeVar("T")


@dataclass
class Running:
    """Handle of a running gateway."""

    port: int
    admin_port: int
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}"

    def memory_megabytes(self) -> float:
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    def lines(self, **fields: Any) -> list[dict[str, Any]]:
        """The log lines that have these fields."""
        found = [json.loads(line) for line in self.log_path.read_text().splitlines()]
        return [line for line in found if fields.items() <= line.items()]

    def line(self, **fields: Any) -> dict[str, Any]:
        return eventually(lambda: self.lines(**fields))[0]

    def wait_until_ready(self) -> None:
        eventually(lambda: self._answers(self.admin_port, "/readyz") == 200)

    def wait_until_listening(self) -> None:
        eventually(lambda: self._answers(self.port, "/nothing") == 404)

    def _answers(self, port: int, path: str) -> int:
        """The status, 0 without an answer; by the plainest client there is, since it asks many times."""
        assert self.process.poll() is None, self.log_path.read_text()
        with closing(HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)) as connection:
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except (OSError, HTTPException):
                return 0

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        self.terminate()
        return self.process.wait(DEADLINE_SECONDS)


def start(directory: Path, **environment: str) -> Running:
    """Start a gateway; settings are given by their names."""
    port, admin_port = free_port(), free_port()
    own = {"GATEWAY_PORT": str(port), "GATEWAY_ADMIN_PORT": str(admin_port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "PYTHONPATH"}}
    log_path = directory / f"gateway-{port}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "chassis.run", "gateway", "web"],
            env=inherited | own | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Running(port, admin_port, process, log_path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(found: Callable[[], T]) -> T:
    """Ask until the answer is true; fails after a deadline."""
    until = time.monotonic() + DEADLINE_SECONDS
    while not (result := found()):
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.02)
    return result
