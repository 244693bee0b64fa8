"""Media to measure, of this tree or of a commit, with a database and a folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from chassis.testing import TokenMint

from benchmarks.processes import Measured, Processes, imports_of, service_command
from launcher import ROOT
from launcher.servers.ports import LOOPBACK, free_port

ALICE = UUID("01890000-0000-7000-8000-00000000a11c")
RENDER = "import sys; from media_service.renditions.tasks import renditions_make; renditions_make(sys.argv[1])"
BOUNDARY = "benchmark"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Media:
    """One service of pictures and its processes."""

    name: str
    database_url: str
    auth_url: str
    mint: TokenMint
    started: Processes
    code: Path = ROOT
    jobs: str = "sqlite:///"

    @property
    def folder(self) -> Path:
        return self.started.folder / f"data of {self.name}"

    def variables(self, **more: str) -> dict[str, str]:
        return {
            "MEDIA_DATABASE_URL": self.database_url,
            "MEDIA_STORAGE_URL": f"file://{self.folder}/media",
            "EVENTS_URL": f"sqlite:///{self.folder}/bus.sqlite3",
            "JOBS_URL": f"{self.jobs}{self.folder}/jobs",
            "VAR_DIR": str(self.folder),
            "AUTH_URL": self.auth_url,
            "TOKEN_ISSUER": self.mint.issuer,
            "TOKEN_AUDIENCE": self.mint.audience,
            **imports_of("media", self.code),
            **more,
        }

    def migrate(self) -> None:
        self.folder.mkdir()
        self._run(service_command("media", "migrate"))

    def web(self, settings: Mapping[str, str] = NOTHING) -> Measured:
        """Its web process as it runs in production but for its secrets."""
        port = free_port()
        return self.started.start(
            self.name, service_command("media", "web"), port, self.variables(MEDIA_PORT=str(port), **settings)
        )

    def worker(self) -> Measured:
        """Its worker, which renders what its web process takes."""
        return self.started.start(f"worker of {self.name}", service_command("media", "worker"), 0, self.variables())

    def upload(self, web: Measured, picture: bytes) -> dict[str, Any]:
        """A new asset of Alice's."""
        connection = web.connection()
        connection.request("POST", "/api/v1/media", form(picture), self.headers())
        answer = connection.getresponse()
        asset: dict[str, Any] = json.loads(answer.read())
        connection.close()
        if answer.status != 201:
            raise AssertionError(f"{self.name}: {answer.status} {asset}")
        return asset

    def is_ready(self, web: Measured, asset: Mapping[str, Any]) -> bool:
        """Whether its renditions are made."""
        connection = web.connection()
        connection.request("GET", f"/api/v1/media/{asset['id']}", headers=self.headers())
        status: str = json.loads(connection.getresponse().read())["status"]
        connection.close()
        return status == "ready"

    def render(self, asset: Mapping[str, Any]) -> None:
        """Have its renditions made, here and now."""
        self._run([sys.executable, "-c", RENDER, asset["id"]])

    def headers(self) -> dict[str, str]:
        """Of Alice, who sends a form."""
        token = self.mint.access(ALICE, "alice", scope="media")
        return {"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}

    def _run(self, command: list[str]) -> None:
        environment = {"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR", **self.variables()}
        subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def form(picture: bytes) -> bytes:
    """A form with a picture."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photograph.jpg"\r\n\r\n'
    return head.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


def plain_folder(started: Processes) -> Path:
    """Where the plain handlers have their files."""
    return started.folder / "plain"


def plain_web(started: Processes) -> Measured:
    """Starlette's own way to do the same, see ``plain``."""
    plain_folder(started).mkdir()
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.media.plain:application", f"--port={port}"]
    command += [f"--host={LOOPBACK}", "--no-access-log", "--log-level=warning"]
    return started.start("plain handlers", command, port, {"PLAIN_FOLDER": str(plain_folder(started))})
