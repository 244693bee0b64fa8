"""What is compared: each in a process of its own, all in front of one nginx that answers with 1 KB or a file.

BENCH_PYTHON is the interpreter of the gateways, where another one than the benchmark's is to be measured: that of the
images is built with profile-guided optimisation, that of a development machine may not be.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.testing import TokenMint

from benchmarks.gateway import configurations
from benchmarks.processes import Measured, Processes, code_at, imports_of, processes
from launcher import ROOT
from launcher.servers.ports import LOOPBACK, free_port

PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)


class Field:
    """Starts peers; all end with it."""

    def __init__(self, started: Processes, mint: TokenMint) -> None:
        self.started = started
        self._mint = mint
        self.files = started.folder / "files"
        """What the service has beside its 1 KB, by path."""
        self.files.mkdir()
        self._upstream = free_port()
        self.service = self._nginx(
            "upstream", configurations.upstream(self._upstream, mint, self.files), self._upstream
        )
        """Which all others are in front of."""

    def gateway(self, name: str, code: Path = ROOT, **more: str) -> Measured:
        """The gateway of this tree, or of ``code``, another one; with ``more`` settings."""
        port, service = free_port(), f"http://{LOOPBACK}:{self._upstream}"
        settings = {
            "GATEWAY_PORT": str(port),
            "GATEWAY_ADMIN_PORT": str(free_port()),
            "PUBLIC_URL": f"http://{LOOPBACK}:{port}",
            "TOKEN_ISSUER": self._mint.issuer,
            "TOKEN_AUDIENCE": self._mint.audience,
            **dict.fromkeys(("AUTH_URL", "BLOG_URL", "MEDIA_URL"), service),
            **imports_of("gateway", code),
        }
        return self.started.start(name, [PYTHON, "-m", "chassis.run", "gateway", "web"], port, settings | more)

    def gateway_at(self, name: str, commit: str) -> Measured:
        """The gateway as it was at a commit."""
        return self.gateway(name, code_at(commit, self.started.folder))

    def haproxy(self) -> Measured:
        """Verifies tokens with its own ``jwt_verify``."""
        port, key, file = free_port(), self.started.folder / "key.pem", self.started.folder / "haproxy.cfg"
        key.write_bytes(configurations.public_key(self._mint))
        file.write_text(configurations.haproxy(port, self._upstream, key, self._mint))
        return self.started.start("haproxy", [_program("haproxy"), "-db", "-f", str(file)], port, {})

    def nginx(self, name: str = "nginx", service: int | None = None) -> Measured:
        """Verifies nothing; in front of another service where its port is given."""
        port = free_port()
        return self._nginx(name, configurations.nginx(port, service or self._upstream), port)

    def caching_nginx(self, service: int | None = None) -> Measured:
        """With ``proxy_cache``; in front of another service where its port is given."""
        port = free_port()
        configuration = configurations.caching_nginx(port, service or self._upstream)
        return self._nginx("nginx proxy_cache", configuration, port)

    def naive(self) -> Measured:
        """FastAPI and httpx."""
        port = free_port()
        key = configurations.public_key(self._mint).decode()
        settings = {"SERVICE": f"http://{LOOPBACK}:{self._upstream}", "KEY": key}
        settings |= {"ISSUER": self._mint.issuer, "AUDIENCE": self._mint.audience}
        command = ["-m", "uvicorn", "benchmarks.gateway.naive:app", "--port", str(port), "--no-access-log"]
        return self.started.start("FastAPI and httpx", [PYTHON, *command], port, settings)

    def busy_service(self) -> Measured:
        """One that can do so much and no more."""
        port = free_port()
        command = [sys.executable, "-m", "benchmarks.gateway.busy_service", str(port)]
        return self.started.start("busy service", command, port, {})

    def _nginx(self, name: str, configuration: str, port: int) -> Measured:
        file = self.started.folder / f"{port}.conf"
        file.write_text(configuration)
        command = [_program("nginx"), "-p", str(self.started.folder), "-e", "stderr", "-c", str(file)]
        return self.started.start(name, command, port, {})


@contextmanager
def field(mint: TokenMint) -> Iterator[Field]:
    """Somewhere to start peers in."""
    with processes() as started:
        yield Field(started, mint)


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        raise SystemExit(f"There is no {name} on this machine (Debian: apt-get install {name}).")
    return found
