"""Processes of this and of other copies of the platform, found by the mark in their environment."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "BROADSHEET_VAR"
TERMINATE_SECONDS = 10


def other_copies(var: Path) -> list[Path]:
    """The VAR_DIRs of copies that run on this machine, other than ours."""
    return sorted({owner for _, owner in _marked()} - {var})


def leftovers(var: Path) -> list[int]:
    """Processes of ours; once the supervisor is gone these are what a crash of it left behind."""
    return [pid for pid, owner in _marked() if owner == var]


def end_leftovers(var: Path) -> bool:
    """End what a dead supervisor left running, first asked, then killed; says whether there was anything."""
    deadline = time.monotonic() + TERMINATE_SECONDS
    found = leftovers(var)
    _signal(found, signal.SIGTERM)
    while pids := leftovers(var):
        if time.monotonic() > deadline:
            _signal(pids, signal.SIGKILL)
        time.sleep(0.1)
    return bool(found)


def _marked() -> Iterator[tuple[int, Path]]:
    """Pairs of process and VAR_DIR. Only Linux shows a process's environment; elsewhere there is nothing to find."""
    mark = f"{MARK}=".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            if owner := next((each for each in variables if each.startswith(mark)), None):
                yield int(folder.name), Path(os.fsdecode(owner.removeprefix(mark)))


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
