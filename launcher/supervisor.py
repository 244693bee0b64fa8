"""The process supervisor of this folder: whether it runs, its start, its programs, its end."""

import contextlib
import hashlib
import http.client
import os
import socket
import stat
import subprocess
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher import ROOT, LauncherError
from launcher.copies import MARK
from launcher.settings import VENV, Settings

CONFIGURATION = ROOT / "docker" / "supervisord.conf"
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, macOS 103
START_SECONDS = 15


@dataclass(frozen=True)
class Process:
    """What the supervisor says of one program."""

    group: str
    name: str
    state: str  # RUNNING, STARTING, BACKOFF, STOPPED, EXITED, FATAL …
    pid: int
    seconds: int
    reason: str
    was_started: bool


class Supervisor:
    """Speaks to the supervisord of one VAR_DIR over its unix socket."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rpc = xmlrpc.client.ServerProxy("http://localhost", transport=_UnixTransport(self.socket_file))

    @property
    def socket_file(self) -> Path:
        """Below VAR_DIR, or in the temporary folder where that path is too long for a socket."""
        inside = self._settings.run_folder / "supervisor.sock"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
            return inside
        return own_folder_of_sockets() / f"{hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]}.sock"

    def is_running(self) -> bool:
        """Whether it answers; a socket or pid file left by a dead one does not count."""
        try:
            self._rpc.supervisor.getState()
        except OSError:
            return False
        except xmlrpc.client.Fault:  # it is shutting down
            return True
        return True

    def start(self) -> None:
        """Start it with every program stopped; raises LauncherError when it does not come up."""
        log = self._settings.log_folder / "supervisord.log"
        environment = self._settings.environment | {
            MARK: str(self._settings.var),
            "SUPERVISOR_SOCKET": str(self.socket_file),
        }
        command = [str(VENV / "bin" / "supervisord"), "-c", str(CONFIGURATION)]
        with log.open("ab") as output:
            made = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running():
            if made.returncode or time.monotonic() > deadline:
                raise LauncherError(f"The process supervisor did not start; see {log}.")
            time.sleep(0.05)

    def processes(self) -> list[Process]:
        """Every program, in the order of the configuration."""
        return [
            Process(
                group=info["group"],
                name=info["name"],
                state=info["statename"],
                pid=info["pid"],
                seconds=info["now"] - info["start"] if info["pid"] else 0,
                reason=info["spawnerr"] or info["description"],
                was_started=info["start"] > 0,
            )
            for info in self._call("getAllProcessInfo")
        ]

    def of_the_platform(self) -> list[Process]:
        """The processes that should run: all services, and whatever else was started, though it may have ended."""
        return [process for process in self.processes() if process.group == "services" or process.was_started]

    def start_group(self, group: str) -> None:
        """Start those of the group's programs that do not run; returns at once."""
        self._call("startProcessGroup", group, False)

    def start_program(self, group: str, name: str) -> None:
        """Start one program; returns at once."""
        self._call("startProcess", f"{group}:{name}", False)

    def stop_program(self, group: str, name: str) -> None:
        """Stop one program and wait until it has ended."""
        self._call("stopProcess", f"{group}:{name}")

    def restart(self, process: Process) -> None:
        """Stop the program if it runs, and start it again."""
        if process.pid:
            self.stop_program(process.group, process.name)
        self.start_program(process.group, process.name)

    def stop(self, seconds: float = 60) -> None:
        """Stop every program and the supervisor itself; raises LauncherError when it takes longer."""
        self._call("shutdown")
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"The processes did not stop within {seconds:.0f} s; see {self._settings.log_folder}."
                )
            time.sleep(0.1)

    def _call(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self._rpc.supervisor, method)(*arguments)
        except (OSError, xmlrpc.client.Fault) as error:
            raise LauncherError("The platform is being stopped; start it again with `make up`.") from error


def own_folder_of_sockets() -> Path:
    """Our folder in the temporary one, where anybody may write; raises LauncherError when somebody else made it."""
    folder = Path(tempfile.gettempdir()) / f"broadsheet-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise LauncherError(f"{folder} is not a folder of yours alone; remove it, or set VAR_DIR to a shorter path.")
    return folder


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(host)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(90)
        connection.sock.connect(str(self._path))
        return connection
