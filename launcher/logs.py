"""`make logs`: the logs of all processes as one, in the order of time, for people.

Each process of ours writes JSON objects, one a line; what the supervisor and private servers write is shown as it is.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher import LauncherError

SHOWN_AT_FIRST = 40
"""Lines of each process before those that are still to come."""
LOOK_SECONDS = 0.3
LEVELS = ("debug", "info", "warning", "error", "critical")
NOT_REPEATED = frozenset({"ts", "level", "service", "version", "env", "process", "event", "exception", "span_id"})
COLOURS = {"warning": "\033[33m", "error": "\033[31m", "critical": "\033[31m"}
PLAIN = "\033[0m"


@dataclass(frozen=True)
class Wanted:
    """What somebody asks to see: processes whose name begins so, one request, lines of at least this level."""

    name: str = ""
    request_id: str = ""
    level: str = ""

    @classmethod
    def read(cls, arguments: list[str]) -> "Wanted":
        """From words such as S=blog, ID=…, LEVEL=warning; raises LauncherError."""
        words = {name or "S": value for name, _, value in (word.rpartition("=") for word in arguments)}
        level = words.get("LEVEL", "").lower()
        if level and level not in LEVELS:
            raise LauncherError(f"LEVEL={words['LEVEL']} is unknown; use {', '.join(LEVELS)}.")
        return cls(words.get("S", ""), words.get("ID", ""), level)

    def takes(self, line: "Line") -> bool:
        if self.request_id and line.fields.get("request_id") != self.request_id:
            return False
        return not self.level or LEVELS.index(line.level) >= LEVELS.index(self.level)


@dataclass(frozen=True)
class Line:
    """One line: when, which process, and what it says."""

    at: str
    process: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, process: str, text: str, before: str) -> "Line":
        """A line that is no JSON object has the time of the one before."""
        try:
            fields = json.loads(text)
            return cls(str(fields["ts"]), process, str(fields["event"]), fields)
        except (ValueError, KeyError, TypeError):
            return cls(before, process, text)

    @property
    def level(self) -> str:
        said = str(self.fields.get("level", "info"))
        return said if said in LEVELS else "info"

    def shown(self, *, coloured: bool) -> str:
        """The line as a person reads it, with what an exception tells below."""
        rest = "  ".join(f"{name}={value}" for name, value in self.fields.items() if name not in NOT_REPEATED)
        time_of_day = self.at[11:23] or " " * 12
        text = f"{time_of_day} {self.level.upper():8} {self.process:15} {self.text}{'  ' if rest else ''}{rest}"
        if exception := self.fields.get("exception"):
            text += "\n" + "\n".join(f"    {part}" for part in str(exception).splitlines())
        colour = COLOURS.get(self.level, "") if coloured else ""
        return f"{colour}{text}{PLAIN}" if colour else text


class LogFile:
    """The log of one process; the supervisor begins it anew when it has grown large."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = path.stat().st_ino
        self._read = 0
        self._begun = b""
        self._last = ""

    def history(self) -> list[Line]:
        """All that is kept, older files first."""
        older = [path for path in self._path.parent.glob(f"{self._path.name}.*") if path.suffix[1:].isdigit()]
        before = b"".join(path.read_bytes() for path in sorted(older, key=lambda path: -int(path.suffix[1:])))
        return [*self._lines(before), *self.news()]

    def news(self) -> list[Line]:
        """What was written since somebody last looked."""
        data = b""
        if self._path.exists() and self._path.stat().st_ino != self._inode:
            data = self._rest_of(self._path.with_name(f"{self._path.name}.1"))
            self._inode, self._read = self._path.stat().st_ino, 0
        data += self._rest_of(self._path)
        *whole, self._begun = (self._begun + data).split(b"\n")
        return self._lines(b"\n".join(whole))

    def _rest_of(self, path: Path) -> bytes:
        if not path.exists():  # it is being renamed
            return b""
        with path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
            self._read = file.tell()
        return data

    def _lines(self, data: bytes) -> list[Line]:
        lines = []
        for text in filter(str.strip, data.decode(errors="replace").splitlines()):
            line = Line.read(self._path.stem, text, self._last)
            self._last = line.at
            lines.append(line)
        return lines


def show(folder: Path, wanted: Wanted, *, coloured: bool) -> Iterator[str]:
    """Lines as people read them: of a request all that is kept; else the latest, then each as it comes, without end.

    Raises LauncherError when no process is called so.
    """
    files = [LogFile(path) for path in sorted(folder.glob(f"{wanted.name}*.log"))]
    if not files:
        raise LauncherError(f"There is no log of that name in {folder}.")
    kept = [[line for line in file.history() if wanted.takes(line)] for file in files]
    if wanted.request_id:
        yield from _in_order(kept, coloured=coloured)
        return
    yield from _in_order([lines[-SHOWN_AT_FIRST:] for lines in kept], coloured=coloured)
    while True:
        news = [[line for line in file.news() if wanted.takes(line)] for file in files]
        yield from _in_order(news, coloured=coloured)
        time.sleep(LOOK_SECONDS)


def _in_order(of_files: list[list[Line]], *, coloured: bool) -> Iterator[str]:
    lines = sorted((line for lines in of_files for line in lines), key=lambda line: line.at)
    return (line.shown(coloured=coloured) for line in lines)
