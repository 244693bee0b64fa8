"""Web processes to measure, on the data of one PostgreSQL: blog's of this tree or of a commit, and the textbook's."""

import http.client
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import psutil

from launcher import ROOT
from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Web:
    """One that is measured, with its gunicorn and one worker."""

    name: str
    port: int
    process: psutil.Process

    def cpu_micros(self) -> float:
        """CPU time of all its threads so far (proc(5), ``schedstat``)."""
        tasks = (Path(f"/proc/{each.pid}/task").glob("*/schedstat") for each in self._processes())
        return sum(int(task.read_text().split()[0]) for of_one in tasks for task in of_one) / 1e3

    def memory_megabytes(self) -> float:
        """What its worker has to itself."""
        (worker,) = self.process.children()
        return float(worker.memory_full_info().uss) / 2**20

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(LOOPBACK, self.port, timeout=120)

    def _processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children()]


class Webs:
    """Starts them; all end with it."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder

    def blog(
        self,
        database_url: str,
        *,
        code: Path = ROOT,
        name: str = "blog",
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Web:
        """Blog's web process as it runs in production but for its secrets, with one worker."""
        port = free_port()
        variables = {"BLOG_DATABASE_URL": database_url, "BLOG_PORT": str(port), "VAR_DIR": str(self._folder / name)}
        parts = ("chassis/src", "services/blog")
        variables["PYTHONPATH"] = os.pathsep.join(str(code / part) for part in parts)
        command = [sys.executable, "-m", "chassis.run", "blog", "web"]
        return self._start(name, command, port, {**variables, **settings})

    def textbook(self, database_url: str) -> Web:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "benchmarks.blog.textbook:application", "--preload"]
        command += ["--worker-class=gthread", "--threads=8", "--keep-alive=75", f"--bind={LOOPBACK}:{port}"]
        return self._start("textbook", command, port, {"TEXTBOOK_DATABASE_URL": database_url})

    def _start(self, name: str, command: list[str], port: int, variables: Mapping[str, str]) -> Web:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        environment = {"PATH": os.environ["PATH"], **variables}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        eventually(lambda: answers(port), seconds=60)
        return Web(name, port, psutil.Process(process.pid))


@contextmanager
def webs() -> Iterator[Webs]:
    """Somewhere to start them in."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="broadsheet-bench-"))
        yield Webs(stack, Path(folder))


def code_at(commit: str, folder: Path) -> Path:
    """The tree of a commit."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder / commit, filter="data")
    return folder / commit


def run_blog(database_url: str, *arguments: str, code: Path = ROOT, folder: Path) -> None:
    """A command of blog, to its end."""
    parts = ("chassis/src", "services/blog")
    variables = {
        "BLOG_DATABASE_URL": database_url,
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(str(code / part) for part in parts),
    }
    command = [sys.executable, "-m", "chassis.run", "blog", *arguments]
    subprocess.run(command, env=os.environ | variables, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
