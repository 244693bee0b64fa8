"""A private StatsD, which adds up business figures and hands them to Graphite."""

import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

from launcher import ROOT
from launcher.servers.binaries import binary
from launcher.servers.graphite import STEP_SECONDS, Graphite
from launcher.servers.ports import answers
from launcher.servers.programs import Program
from launcher.servers.server import Server, ServerError

LOCKED = ROOT / "ops/statsd"
CONFIGURATION = """\
{{
  address: "{host}", port: {clients}, mgmt_address: "{host}", mgmt_port: {management},
  graphiteHost: "{host}", graphitePort: {graphite}, flushInterval: {flush},
}}
"""


class StatsD(Server):
    """StatsD's own program, installed from its lock; ``graphite`` takes what it has added up."""

    name: ClassVar[str] = "statsd"
    purposes: ClassVar[tuple[str, ...]] = ("clients", "management")

    def __init__(self, folder: Path, port: int | None = None, graphite: Graphite | None = None) -> None:
        super().__init__(folder, port)
        self._graphite = graphite

    @property
    def url(self) -> str:
        return f"udp://{self.host}:{self.port}"

    def prepare(self) -> None:
        to = self._graphite.line_port if self._graphite else 0
        values = {"management": self.ports["management"], "clients": self.port, "flush": STEP_SECONDS * 1000}
        self._file.write_text(CONFIGURATION.format(host=self.host, graphite=to, **values))
        if self._program.exists():
            return
        for file in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / file, self.folder)
        command = [binary("npm"), "ci", "--ignore-scripts", "--omit=optional"]
        made = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if made.returncode:
            raise ServerError(f"npm cannot install StatsD: {made.stderr.strip()}")

    def programs(self) -> list[Program]:
        return [Program(self.name, [binary("node"), str(self._program), str(self._file)])]

    def is_ready(self) -> bool:
        return answers(self.ports["management"])

    @property
    def _program(self) -> Path:
        return self.folder / "node_modules/statsd/stats.js"

    @property
    def _file(self) -> Path:
        return self.folder / "statsd.js"
