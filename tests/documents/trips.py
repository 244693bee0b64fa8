"""The trips that docs/architecture.md tells, and the calls that a platform makes, in their order."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.documents.pages import MARKDOWN, ROOT

PAGE = "docs/architecture.md"
Call = tuple[str, str]
"""A file of the repository, and the qualified name of a function in it."""
LISTENER = """
import json, os, sys, threading, time

if {"web", "messenger", "worker"} & set(sys.orig_argv):
    wanted = {tuple(call) for call in json.loads(%r)}
    names = {name for _, name in wanted}
    log = os.open(%r, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(frame, event, _):
        if event == "call" and (code := frame.f_code).co_qualname in names:
            call = (code.co_filename, code.co_qualname)
            if call in wanted:
                os.write(log, (json.dumps([time.monotonic_ns(), *call]) + "\\n").encode())

    threading.setprofile(note)
    sys.setprofile(note)
"""


@dataclass(frozen=True)
class Trace:
    """What the processes of a platform call of all the trips; ``folder`` is for their PYTHONPATH."""

    folder: Path

    @classmethod
    def listening(cls, folder: Path) -> "Trace":
        """Have every process of a service note its calls: Python imports ``sitecustomize`` before all else."""
        wanted = [[str(ROOT / file), name] for trip in trips().values() for file, name in trip]
        (folder / "sitecustomize.py").write_text(LISTENER % (json.dumps(wanted), str(folder / "calls")))
        return cls(folder)

    def begin(self) -> None:
        """Forget what was called."""
        (self.folder / "calls").write_text("")

    def missing_of(self, trip: list[Call]) -> list[Call]:
        """The end of a trip that has not been seen, each call after the one before it."""
        lines = map(json.loads, (self.folder / "calls").read_text().splitlines())
        left = list(trip)
        for _, file, name in sorted(lines):
            if left and (str(Path(file).relative_to(ROOT)), name) == left[0]:
                left.pop(0)
        return left


def trips() -> dict[str, list[Call]]:
    """The calls of each trip by its heading."""
    told = re.search(r"^## Three trips\n(.*?)^## ", MARKDOWN[PAGE], re.MULTILINE | re.DOTALL)
    assert told
    return {
        title: re.findall(r"^\d+\. `(\S+)` `(\S+)`: ", text, re.MULTILINE)
        for title, text in re.findall(r"^### (.*?)\n(.*?)(?=^### |\Z)", told[1], re.MULTILINE | re.DOTALL)
    }
