"""Wait by looking again until a deadline, never by guessing how long something takes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T | None], *, seconds: float = 30, every: float = 0.1) -> T:
    """Return the first true value that `look` gives; raises AssertionError when there was none in time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s; the last look gave {found!r}"
        time.sleep(every)
    return found
