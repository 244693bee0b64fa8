"""Looks at what is under way a few times a second: cheaper than timers for each, and most end before the first look."""

import asyncio
from time import monotonic
from typing import Protocol

SWEEP_SECONDS = 0.1


class Watched(Protocol):
    """Something that can be overdue."""

    def check(self, now: float) -> None:
        """Stop if something was waited for too long."""


class Deadlines:
    """The deadlines of all transfers, by one timer."""

    def __init__(self) -> None:
        self._watched: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, watched: Watched) -> None:
        self._watched.add(watched)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def forget(self, watched: Watched) -> None:
        self._watched.discard(watched)

    def _sweep(self) -> None:
        now = monotonic()
        for watched in list(self._watched):
            watched.check(now)
        self._timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep) if self._watched else None
