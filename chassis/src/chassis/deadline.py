"""Deadline propagation: until when whoever asked waits for the answer; what others do for it ends by then.

The gateway says it with each try, as milliseconds from then on: clocks of machines differ.
"""

import time
from contextvars import ContextVar

HEADER = "X-Request-Timeout-Ms"
_LONGEST_MS = 3_600_000
_until: ContextVar[float | None] = ContextVar("deadline", default=None)


def begin(header: str | None) -> None:
    """A request begins whose header is this; what is no number says nothing."""
    given = int(header) if header and header.isascii() and header.isdigit() and len(header) < 10 else None
    _until.set(None if given is None else time.monotonic() + min(given, _LONGEST_MS) / 1000)


def end() -> None:
    """Say that the request has been answered."""
    _until.set(None)


def seconds_left() -> float | None:
    """How long the answer is still waited for, not below 0; None where nobody has said."""
    until = _until.get()
    return None if until is None else max(0.0, until - time.monotonic())
