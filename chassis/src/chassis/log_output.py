"""Standard output and error that never fail: no process stops, or answers otherwise, because its log cannot be written.

A disk that is full, a reader that is gone and one that no longer reads cost lines. They are counted, and the first line
that can be written again is preceded by one that says how many.
"""

import contextlib
import io
import os
import select
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

WAIT_SECONDS = 0.5
"""How long one line waits for a reader that has fallen behind; those after it do not, until it reads again."""


def unfailing(*, patient: bool = False) -> TextIO:
    """Make standard output and error streams that never fail; gives standard output. May be called again.

    ``patient`` ones wait for their reader however long that takes, as before a pager.
    """
    for name in ("stdout", "stderr"):
        before = getattr(sys, name)
        after = before if isinstance(_raw(before), Lines) else _replacement(before, patient=patient)
        if getattr(sys, f"__{name}__") is before:
            setattr(sys, f"__{name}__", after)  # Celery prints there
        setattr(sys, name, after)
    return sys.stdout


def tell(stream: TextIO, notice: Callable[[int], str]) -> None:
    """Tell of lines that an unfailing stream has lost with the line that ``notice`` makes of their number."""
    if isinstance(lines := _raw(stream), Lines):
        lines.notice = notice


def count(lost: Callable[[int], object]) -> None:
    """Have ``lost`` called with the number of lines whenever some are lost on standard output or error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(lines := _raw(stream), Lines):
            lines.count = lost


class Lines(io.RawIOBase):
    """Bytes that are written at once, all of them or in the end none."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.RLock()  # a signal's handler may log while its thread does
        self._lost = 0
        self._torn = False
        self.has_lost = False
        self.notice: Callable[[int], str] = "{} lines could not be written\n".format
        self.count: Callable[[int], object] = int

    def write(self, data: Any) -> int:
        """Write, or count what is lost; gives the length in either case."""
        given = bytes(data)
        with self._lock:
            if self._lost and self._written(self.notice(self._lost).encode()):
                self._lost = 0
            if self._lost or not self._written(given):
                self.has_lost = True
                lines = given.count(b"\n")
                self._lost += lines
                self.count(lines)
        return len(given)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def _written(self, data: bytes) -> bool:
        left = b"\n" + data if self._torn else data
        while left:
            try:
                written = os.write(self._descriptor, left)
            except BlockingIOError:
                if self._lost or not self._is_read_again():
                    return False
            except OSError:
                return False
            else:
                left, self._torn = left[written:], written < len(left) and left[written - 1] != ord("\n")
        return True

    def _is_read_again(self) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(WAIT_SECONDS * 1000))


def has_lost(stream: TextIO) -> bool:
    """Whether anything written to an unfailing stream was lost."""
    return isinstance(lines := _raw(stream), Lines) and lines.has_lost


def _own_opening(descriptor: int) -> int:
    """A pipe opened once more, so that not to wait for its reader is no matter of the others who write to it."""
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        with contextlib.suppress(OSError):  # it may be another user's, and only Linux has this path
            return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK)
    return descriptor


def _replacement(stream: TextIO | None, *, patient: bool) -> TextIO:
    if stream is None:  # it was closed before the start, and its number may be another file's by now
        return Path(os.devnull).open("w")
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # a test's
        return stream
    with contextlib.suppress(OSError):
        stream.flush()
    lines: Any = Lines(descriptor if patient else _own_opening(descriptor))
    return io.TextIOWrapper(lines, encoding="utf-8", errors="backslashreplace", write_through=True)


def _raw(stream: Any) -> object:
    return getattr(stream, "buffer", None)
