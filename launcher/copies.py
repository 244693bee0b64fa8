"""Processes of this and of other copies of the platform, found by the mark in their environment."""

import contextlib
import os
import signal
import time
from collections.abc import Collection, Iterator
from pathlib import Path

MARK = "BROADSHEET_VAR"
_LISTEN = "0A"
TERMINATE_SECONDS = 10


def copy_on(ports: Collection[int]) -> Path | None:
    """The VAR_DIR of the copy that listens on one of these ports; None where none does that we may look into."""
    listening = _listening(ports)
    return next((owner for pid, owner in _marked() if not listening.isdisjoint(_opened(pid))), None)


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


def _listening(ports: Collection[int]) -> set[str]:
    """What listens on these ports, as links in /proc/PID/fd name it (proc(5))."""
    found = set()
    for table in Path("/proc/net").glob("tcp*"):  # there is one for each version of IP; elsewhere than on Linux none
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == _LISTEN and int(local.rpartition(":")[2], 16) in ports:
                found.add(f"socket:[{inode}]")
    return found


def _opened(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):  # it may end meanwhile
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # or close it
                yield str(descriptor.readlink())


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
