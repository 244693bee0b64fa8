"""The processes a server consists of, and the trees below them."""

import contextlib
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """An account of the machine that a process gives root away for."""

    uid: int
    gid: int

    @classmethod
    def named(cls, *names: str) -> "Account":
        """Return the first of the accounts that the machine has; raises KeyError when it has none."""
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = next(known[name] for name in names if name in known)
        return cls(entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Program:
    """One process: its name, what to run, with which variables, as which account (None: the caller's own)."""

    name: str
    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM

    def start(self, log_file: Path) -> "subprocess.Popen[bytes]":
        """Start it in a session of its own, so that a Ctrl-C meant for its parent does not reach it."""
        with log_file.open("ab") as log:
            return subprocess.Popen(
                self.argv,
                env=os.environ | self.env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def exec(self) -> None:
        """Replace the calling process by this program, for a supervisor that watches it in the foreground."""
        if self.account:
            os.setgroups([])
            os.setgid(self.account.gid)
            os.setuid(self.account.uid)
        os.chdir("/")
        os.execvpe(self.argv[0], self.argv, os.environ | self.env)


def kill_tree(pid: int) -> None:
    """End a process and everything it started, at once, as a crash of the machine would."""
    for each in tree(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def tree(pid: int) -> list[int]:
    """Return the process and all it started, itself first."""
    pairs = list(_children_and_parents())
    found = [pid]
    for each in found:
        found += [child for child, parent in pairs if parent == each]
    return found


def _children_and_parents() -> Iterator[tuple[int, int]]:
    """From /proc where there is one (a small image has no ps), else from ps."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        yield from ((int(child), int(parent)) for child, parent in map(str.split, listing.splitlines()))
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            after_name = file.read_text(errors="replace").rpartition(")")[2].split()
            yield int(file.parent.name), int(after_name[1])
