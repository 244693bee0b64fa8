"""Working files without a name: the kernel removes them when they are closed, also by a crash."""

import os
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from chassis.problems import Problem


class Scratch(ExitStack):
    """A block at whose end all files taken from it are gone."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory

    def file(self) -> IO[bytes]:
        """A new empty file; raises OSError where the folder takes none."""
        return self.enter_context(_nameless(self.directory))


class Room:
    """How many bytes may lie in working files at once: a pod whose temporary folder is too full is evicted.

    They are taken as they arrive, so that a slow upload holds no more than it has sent.
    """

    def __init__(self, total: int) -> None:
        self._left = total
        self._lock = Lock()

    def take(self, count: int, scratch: Scratch) -> None:
        """Have so many bytes until the working files are gone; raises Problem 503 where there is no room."""
        with self._lock:
            if count > self._left:
                raise Problem(503, "overloaded", "Too many pictures are being sent just now; try again.")
            self._left -= count
        scratch.callback(self._give_back, count)

    def _give_back(self, count: int) -> None:
        with self._lock:
            self._left += count


def _nameless(directory: Path) -> IO[bytes]:
    """A file as TemporaryFile makes it, but that it may get a name later (O_TMPFILE without O_EXCL, see open(2))."""
    try:
        flags = os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_TMPFILE", 0)
        return os.fdopen(os.open(directory, flags, 0o666), "w+b")
    except OSError:  # this folder has none without a name, or takes none at all
        return TemporaryFile(dir=directory)
