"""Working files without a name: the kernel removes them when they are closed, also by a crash."""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO
from uuid import UUID

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

    They are taken as they arrive, so that a slow upload holds no more than it has sent; and of one owner no more than
    ``share``, so that nobody's slow uploads keep out everybody else's.
    """

    def __init__(self, total: int, *, share: int) -> None:
        self._left = total
        self._share = share
        self._taken: Counter[UUID] = Counter()
        self._lock = Lock()

    def of(self, owner_id: UUID) -> "OwnersRoom":
        """What an owner may have of it."""
        return OwnersRoom(self, owner_id)

    def take(self, count: int, owner_id: UUID) -> None:
        with self._lock:
            if self._taken[owner_id] + count > self._share:
                raise _overloaded("You are sending too many pictures at once; let one be answered, then try again.")
            if count > self._left:
                raise _overloaded("Too many pictures are being sent just now; try again.")
            self._left -= count
            self._taken[owner_id] += count

    def give_back(self, count: int, owner_id: UUID) -> None:
        with self._lock:
            self._left += count
            self._taken[owner_id] -= count
            if not self._taken[owner_id]:
                del self._taken[owner_id]


@dataclass(frozen=True, slots=True)
class OwnersRoom:
    """The room as one owner has it."""

    room: Room
    owner_id: UUID

    def take(self, count: int, scratch: Scratch) -> None:
        """Have so many bytes until the working files are gone; raises Problem 503 where there is no room."""
        self.room.take(count, self.owner_id)
        scratch.callback(self.room.give_back, count, self.owner_id)


def _overloaded(detail: str) -> Problem:
    return Problem(503, "overloaded", detail)


def _nameless(directory: Path) -> IO[bytes]:
    """A file as TemporaryFile makes it, but that it may get a name later (O_TMPFILE without O_EXCL, see open(2))."""
    try:
        flags = os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_TMPFILE", 0)
        return os.fdopen(os.open(directory, flags, 0o666), "w+b")
    except OSError:  # this folder has none without a name, or takes none at all
        return TemporaryFile(dir=directory)
