"""What the private servers have in common: a folder, kept ports, start, stop and kill."""

import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from launcher import LauncherError
from launcher.servers.ports import LOOPBACK
from launcher.servers.programs import Program, kill_tree
from launcher.servers.state import ServerState

START_SECONDS = 120
STOP_SECONDS = 30


class ServerError(LauncherError):
    """A server cannot be had; the message is the sentence for the person."""


class Server(ABC):
    """One server whose data, ports and password live below a folder; a restart keeps its URL."""

    name: ClassVar[str]
    purposes: ClassVar[tuple[str, ...]] = ("clients",)

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.absolute() / self.name
        self.log_file = self.folder / "server.log"
        self._port = port
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, with account and password."""

    @abstractmethod
    def prepare(self) -> None:
        """Write what the server needs to start; harmless when repeated."""

    @abstractmethod
    def programs(self) -> list[Program]:
        """Return its processes in the order of their start."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers its clients."""

    @property
    def host(self) -> str:
        """The only address it listens on."""
        return LOOPBACK

    @property
    def port(self) -> int:
        """The port clients connect to."""
        return self._port or self.ports["clients"]

    @property
    def ports(self) -> dict[str, int]:
        """Every port it listens on, by purpose."""
        return self._state.ports

    @property
    def password(self) -> str:
        """The password of the one account it has."""
        return self._state.password

    def leave_taken_ports(self) -> None:
        """Move to free ports where somebody else has taken the kept ones; only while the server is stopped."""
        self._state.leave_taken_ports()
        self._state.save(self._state_file)

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerError with the end of its log if it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        try:
            self._running = [program.start(self.log_file) for program in self.programs()]
            self.wait_ready()
        except BaseException:
            self.kill()
            raise

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Poll until it answers; raises ServerError when it died or the seconds are over."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            died = any(process.poll() is not None for process in self._running)
            if died or time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start; {self.log_file} ends with:\n{self._log_end()}")
            time.sleep(0.1)

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to finish, last process first, and kill what has not gone after the seconds."""
        for program, process in zip(reversed(self.programs()), reversed(self._running), strict=False):
            process.send_signal(program.stop_signal)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                kill_tree(process.pid)
                process.wait()
        self._running = []

    def kill(self) -> None:
        """End it and its children at once (SIGKILL), as a crash would; `start()` brings it back with its data."""
        for process in self._running:
            kill_tree(process.pid)
            process.wait()
        self._running = []

    def remove(self) -> None:
        """Delete its data; only while it is stopped."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @cached_property
    def _state(self) -> ServerState:
        return ServerState.load(self._state_file, self.purposes)

    @property
    def _state_file(self) -> Path:
        return self.folder / "state.json"

    def _log_end(self) -> str:
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])
