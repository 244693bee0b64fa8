"""Processes to measure, of this tree or of a commit, each with one port, and what they take."""

import http.client
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from chassis.testing import TokenMint
from chassis.testing.local_server import local_server

from launcher import ROOT
from launcher.servers.ports import LOOPBACK, answers
from tests.support.waiting import eventually

START_SECONDS = 180


@dataclass(frozen=True)
class Measured:
    """One that is measured, with its children."""

    name: str
    port: int
    process: psutil.Process

    def cpu_micros(self) -> float:
        """CPU time of all threads of it and of its children so far (proc(5), ``schedstat``)."""
        return sum(self.each_cpu_micros().values())

    def each_cpu_micros(self) -> dict[int, float]:
        """The same by the process that took it."""
        return {process.pid: _cpu_micros(process) for process in (self.process, *self.process.children())}

    def own_cpu_micros(self) -> float:
        """The same without its children."""
        return _cpu_micros(self.process)

    def resident_bytes(self) -> int:
        """What of it, without its children, is in memory now."""
        return int(self.process.memory_info().rss)

    def forget_peak(self) -> None:
        """Look at the most from now on (proc(5), ``clear_refs``)."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def peak_bytes(self) -> int:
        """The most of it that was in memory at one time."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(LOOPBACK, self.port, timeout=120)


class Processes:
    """Starts them; all end with it."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self.folder = folder

    def start(self, name: str, command: Sequence[str], port: int, variables: Mapping[str, str]) -> Measured:
        """It has nothing else in its environment, and answers on its port when this returns; one without has port 0."""
        log = self._stack.enter_context((self.folder / f"{name}.log").open("wb"))
        environment = {"PATH": os.environ["PATH"], **variables}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        eventually(lambda: not port or answers(port), seconds=START_SECONDS)
        return Measured(name, port, psutil.Process(process.pid))


@contextmanager
def processes() -> Iterator[Processes]:
    """Somewhere to start them in."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="broadsheet-bench-"))
        yield Processes(stack, Path(folder))


def code_at(commit: str, folder: Path) -> Path:
    """The tree of a commit."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder / commit, filter="data")
    return folder / commit


def service_command(service: str, *arguments: str) -> list[str]:
    """A process or a command of a service; see ``imports_of``."""
    return [sys.executable, "-m", "chassis.run", service, *arguments]


def gunicorn(application: str, port: int) -> list[str]:
    """Another Django project, served with the options that the services have; see ``chassis.django.server``."""
    command = [sys.executable, "-m", "gunicorn", application, "--preload", "--worker-class=gthread", "--threads=8"]
    return [*command, "--keep-alive=75", f"--bind={LOOPBACK}:{port}"]


def imports_of(service: str, code: Path = ROOT) -> dict[str, str]:
    """The variable that lets Python find a service in a tree."""
    return {"PYTHONPATH": os.pathsep.join(str(code / part) for part in ("chassis/src", f"services/{service}"))}


@contextmanager
def who_publishes_keys(mint: TokenMint) -> Iterator[str]:
    """Auth as far as tokens need it: the keys, and nothing else."""
    keys = json.dumps(mint.jwks()).encode()
    with local_server() as server:
        server.reply = lambda asked: (200, keys) if asked.path.endswith("jwks.json") else (404, b"{}")
        yield server.url


def _cpu_micros(process: psutil.Process) -> float:
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{process.pid}/task").glob("*/schedstat")) / 1e3
