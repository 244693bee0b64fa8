"""What is compared: each in a process of its own, all in front of one nginx that answers with 1 KB."""

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


@dataclass(frozen=True)
class Peer:
    """One that is measured."""

    name: str
    port: int
    process: int

    def cpu_micros(self) -> float:
        """CPU time used so far, by all its processes."""
        return sum(self.each_cpu_micros().values())

    def each_cpu_micros(self) -> dict[int, float]:
        """The same by process: in all threads, in user and kernel mode (proc(5), ``schedstat``)."""
        processes = [self.process, *(child.pid for child in psutil.Process(self.process).children())]
        return {pid: sum(map(_micros, Path(f"/proc/{pid}/task").glob("*/schedstat"))) for pid in processes}


class Field:
    """Starts peers; all end with it."""

    def __init__(self, stack: ExitStack, folder: Path, mint: TokenMint) -> None:
        self._stack = stack
        self._folder = folder
        self._mint = mint
        self._upstream = free_port()
        self._nginx("upstream", configurations.upstream(self._upstream, mint), self._upstream)

    def gateway(self, name: str, code: Path | None = None, *, workers: int = 1) -> Peer:
        """The gateway of this tree, or of ``code``, another one."""
        port, service = free_port(), f"http://{LOOPBACK}:{self._upstream}"
        settings = {
            "GATEWAY_PORT": str(port),
            "GATEWAY_ADMIN_PORT": str(free_port()),
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "TOKEN_ISSUER": self._mint.issuer,
            "TOKEN_AUDIENCE": self._mint.audience,
            **dict.fromkeys(("AUTH_URL", "BLOG_URL", "MEDIA_URL"), service),
        }
        if workers > 1:  # which earlier ones do not know
            settings["GATEWAY_WORKERS"] = str(workers)
        if code:
            settings["PYTHONPATH"] = os.pathsep.join(str(code / part) for part in ("chassis/src", "services/gateway"))
        return self._start(name, [sys.executable, "-m", "chassis.run", "gateway", "web"], port, settings)

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

    def nginx(self) -> Peer:
        """Verifies nothing."""
        port = free_port()
        return self._nginx("nginx", configurations.nginx(port, self._upstream), port)

    def _nginx(self, name: str, configuration: str, port: int) -> Peer:
        file = self._folder / f"{name}.conf"
        file.write_text(configuration)
        command = [_program("nginx"), "-p", str(self._folder), "-e", "stderr", "-c", str(file)]
        return self._start(name, command, port)

    def _start(self, name: str, command: Sequence[str], port: int, settings: dict[str, str] | None = None) -> Peer:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        environment = {"PATH": os.environ["PATH"]} | (settings or {})
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        self._stack.callback(process.wait)
        self._stack.callback(process.terminate)
        eventually(lambda: answers(port))
        return Peer(name, port, process.pid)


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
