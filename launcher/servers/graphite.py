"""A private Graphite: carbon, which keeps business figures, and the API that draws them."""

import os
import shutil
import subprocess
import urllib.request
from typing import ClassVar

from launcher import ROOT
from launcher.servers.binaries import binary
from launcher.servers.programs import Program
from launcher.servers.server import Server, ServerError

KEPT = ROOT / "ops/graphite"
"""How long it keeps what, and what it makes of many points."""
STEP_SECONDS = 10
"""The last of what comes in within so long is kept, and nothing else: a counter that is told more often is lost."""
MODULE = "graphite_of_broadsheet"
FILES = {
    "carbon.conf": """\
[cache]
STORAGE_DIR = {folder}
LOCAL_DATA_DIR = {folder}/whisper
LOG_DIR = {folder}
PID_DIR = {folder}
CONF_DIR = {folder}
LINE_RECEIVER_INTERFACE = {host}
LINE_RECEIVER_PORT = {line}
PICKLE_RECEIVER_PORT = 0
CACHE_QUERY_INTERFACE = {host}
CACHE_QUERY_PORT = {query}
MAX_CREATES_PER_MINUTE = inf
""",
    f"{MODULE}.py": """\
SECRET_KEY = "{password}"
STORAGE_DIR = LOG_DIR = CONF_DIR = "{folder}"
WHISPER_DIR = "{folder}/whisper"
STANDARD_DIRS = [WHISPER_DIR]
CARBONLINK_HOSTS = ["{host}:{query}"]
ALLOWED_HOSTS = ["{host}", "localhost"]
""",
}


class Graphite(Server):
    """Graphite by Debian's packages, which have a Python of their own: ours is too new for it."""

    name: ClassVar[str] = "graphite"
    purposes: ClassVar[tuple[str, ...]] = ("clients", "line", "query")

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def line_port(self) -> int:
        """Where figures come in, a line each."""
        return self.ports["line"]

    def prepare(self) -> None:
        (self.folder / "whisper").mkdir(exist_ok=True)
        values = self.ports | {
            "host": self.host,
            "folder": self.folder,
            "password": self.password,
        }
        for name, text in FILES.items():
            file = self.folder / name
            file.touch(mode=0o600)
            file.write_text(text.format_map(values))
        for file in KEPT.glob("*.conf"):
            shutil.copy(file, self.folder)
        made = subprocess.run(
            [*self._manage("migrate"), "--run-syncdb"],
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerError(f"Graphite cannot make its database: {made.stderr.strip()}")

    def programs(self) -> list[Program]:
        carbon = [binary("carbon-cache"), f"--config={self.folder}/carbon.conf", "--nodaemon", "start"]
        web = self._manage("runserver", "--noreload", f"{self.host}:{self.port}")
        return [Program("carbon", carbon), Program(self.name, web, env=self._environment)]

    def is_ready(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/metrics/find?query=*", timeout=5).close()
        except OSError:
            return False
        return True

    def _manage(self, *words: str) -> list[str]:
        return ["env", "-u", "DJANGO_SETTINGS_MODULE", binary("graphite-manage"), *words]

    @property
    def _environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.folder), "GRAPHITE_SETTINGS_MODULE": MODULE}
