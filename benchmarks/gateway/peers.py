"""What is compared: each in a process of its own, all in front of one nginx that answers with 1 KB or a file.

BENCH_PYTHON is the interpreter of the gateways, where another one than the benchmark's is to be measured: that of the
images is built with profile-guided optimisation, that of a development machine may not be.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from chassis.testing import TokenMint

from benchmarks.gateway import configurations
from launcher.servers.ports import LOOPBACK, answers, free_port
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)


@dataclass(frozen=True)
class Peer:
    """One that is measured."""

    name: str
    port: int
    process: int

    def cpu_micros(self) -> float:
        """CPU time used so far, by all its processes."""
        return sum(self.each_cpu_micros().values())

    def memory_megabytes(self) -> float:
        """What is resident now."""
        return float(psutil.Process(self.process).memory_info().rss) / 2**20

    def forget_most_memory(self) -> None:
        """Look at the most from now on (proc(5), ``clear_refs``)."""
        Path(f"/proc/{self.process}/clear_refs").write_text("5")

    def most_memory_megabytes(self) -> float:
        """The most that was resident at one time."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))

    def each_cpu_micros(self) -> dict[int, float]:
        """The same by process: in all threads, in user and kernel mode (proc(5), ``schedstat``)."""
        processes = [self.process, *(child.pid for child in psutil.Process(self.process).children())]
        return {pid: sum(map(_micros, Path(f"/proc/{pid}/task").glob("*/schedstat"))) for pid in processes}


class Field:
    """Starts peers; all end with it."""

    def __init__(self, stack: ExitStack, folder: Path, mint: TokenMint) -> None:
        self._stack = stack
        self._started: dict[str, Peer] = {}
        self._folder = folder
        self._mint = mint
        self.files = folder / "files"
        """What the service has beside its 1 KB, by path."""
        self.files.mkdir()
        self._upstream = free_port()
        self._nginx("upstream", configurations.upstream(self._upstream, mint, self.files), self._upstream)

    @property
    def service(self) -> Peer:
        """Which all others are in front of."""
        return self._started["upstream"]

    def gateway(self, name: str, code: Path | None = None, **more: str) -> Peer:
        """The gateway of this tree, or of ``code``, another one; with ``more`` settings."""
        port, service = free_port(), f"http://{LOOPBACK}:{self._upstream}"
        settings = {
            "GATEWAY_PORT": str(port),
            "GATEWAY_ADMIN_PORT": str(free_port()),
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "TOKEN_ISSUER": self._mint.issuer,
            "TOKEN_AUDIENCE": self._mint.audience,
            **dict.fromkeys(("AUTH_URL", "BLOG_URL", "MEDIA_URL"), service),
        }
        if code:
            settings["PYTHONPATH"] = os.pathsep.join(str(code / part) for part in ("chassis/src", "services/gateway"))
        return self._start(name, [PYTHON, "-m", "chassis.run", "gateway", "web"], port, settings | more)

    def gateway_at(self, name: str, commit: str) -> Peer:
        """The gateway as it was at a commit."""
        folder = self._folder / commit
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        return self.gateway(name, folder)

    def haproxy(self) -> Peer:
        """Verifies tokens with its own ``jwt_verify``."""
        port, key, file = free_port(), self._folder / "key.pem", self._folder / "haproxy.cfg"
        key.write_bytes(configurations.public_key(self._mint))
        file.write_text(configurations.haproxy(port, self._upstream, key, self._mint))
        return self._start("haproxy", [_program("haproxy"), "-db", "-f", str(file)], port)

    def nginx(self, name: str = "nginx", service: int | None = None) -> Peer:
        """Verifies nothing; in front of another service where its port is given."""
        port = free_port()
        return self._nginx(name, configurations.nginx(port, service or self._upstream), port)

    def caching_nginx(self, service: int | None = None) -> Peer:
        """With ``proxy_cache``; in front of another service where its port is given."""
        port = free_port()
        configuration = configurations.caching_nginx(port, service or self._upstream)
        return self._nginx("nginx proxy_cache", configuration, port)

    def naive(self) -> Peer:
        """FastAPI and httpx."""
        port = free_port()
        key = configurations.public_key(self._mint).decode()
        settings = {"SERVICE": f"http://{LOOPBACK}:{self._upstream}", "KEY": key}
        settings |= {"ISSUER": self._mint.issuer, "AUDIENCE": self._mint.audience}
        command = ["-m", "uvicorn", "benchmarks.gateway.naive:app", "--port", str(port), "--no-access-log"]
        return self._start("FastAPI and httpx", [PYTHON, *command], port, settings)

    def busy_service(self) -> Peer:
        """One that can do so much and no more."""
        port = free_port()
        return self._start("busy service", [sys.executable, "-m", "benchmarks.gateway.busy_service", str(port)], port)

    def _nginx(self, name: str, configuration: str, port: int) -> Peer:
        file = self._folder / f"{port}.conf"
        file.write_text(configuration)
        command = [_program("nginx"), "-p", str(self._folder), "-e", "stderr", "-c", str(file)]
        return self._start(name, command, port)

    def _start(self, name: str, command: Sequence[str], port: int, settings: dict[str, str] | None = None) -> Peer:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        environment = {"PATH": os.environ["PATH"]} | (settings or {})
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        eventually(lambda: answers(port))
        self._started[name] = peer = Peer(name, port, process.pid)
        return peer


@contextmanager
def field(mint: TokenMint) -> Iterator[Field]:
    """Somewhere to start peers in."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        yield Field(stack, Path(folder), mint)


def _micros(schedstat: Path) -> float:
    return int(schedstat.read_text().split()[0]) / 1e3


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        raise SystemExit(f"There is no {name} on this machine (Debian: apt-get install {name}).")
    return found
