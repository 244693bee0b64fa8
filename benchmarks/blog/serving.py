"""Web processes to measure, on the data of one PostgreSQL: blog's of this tree or of a commit, and the textbook's."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from benchmarks.processes import Measured, Processes, gunicorn, imports_of, processes, service_command
from launcher import ROOT
from launcher.servers.ports import free_port


class Web(Measured):
    """A gunicorn and its one worker."""

    def memory_megabytes(self) -> float:
        """What its worker has to itself."""
        (worker,) = self.process.children()
        return float(worker.memory_full_info().uss) / 2**20


class Webs:
    """Starts them; all end with it."""

    def __init__(self, started: Processes) -> None:
        self._started = started

    def blog(
        self,
        database_url: str,
        *,
        code: Path = ROOT,
        name: str = "blog",
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Web:
        """Blog's web process as it runs in production but for its secrets, with one worker."""
        port, folder = free_port(), self._started.folder / name
        variables = {"BLOG_DATABASE_URL": database_url, "BLOG_PORT": str(port), "VAR_DIR": str(folder)}
        return self._start(
            name, service_command("blog", "web"), port, {**variables, **imports_of("blog", code), **settings}
        )

    def textbook(self, database_url: str) -> Web:
        port = free_port()
        command = gunicorn("benchmarks.blog.textbook:application", port)
        return self._start("textbook", command, port, {"TEXTBOOK_DATABASE_URL": database_url})

    def _start(self, name: str, command: list[str], port: int, variables: Mapping[str, str]) -> Web:
        measured = self._started.start(name, command, port, variables)
        return Web(measured.name, measured.port, measured.process)


@contextmanager
def webs() -> Iterator[Webs]:
    """Somewhere to start them in."""
    with processes() as started:
        yield Webs(started)


def run_blog(database_url: str, *arguments: str, code: Path = ROOT, folder: Path) -> None:
    """A command of blog, to its end."""
    variables = {
        "BLOG_DATABASE_URL": database_url,
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        **imports_of("blog", code),
    }
    command = service_command("blog", *arguments)
    subprocess.run(command, env=os.environ | variables, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
