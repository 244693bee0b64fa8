"""Waiting longer and longer between attempts, with jitter so that many do not come at once."""

import random
import threading


class Backoff:
    """From ``first`` seconds, doubling to ``most``."""

    def __init__(self, first: float = 0.2, most: float = 10) -> None:
        self._first = first
        self._most = most
        self._next = first
        self.waits = 0
        """How many there were since the last attempt that succeeded."""

    def wait(self, stop: threading.Event) -> None:
        """Wait until it is time for the next attempt, or until ``stop``."""
        stop.wait(self._next * random.uniform(0.5, 1))  # noqa: S311  spreads load, guards nothing
        self._next = min(self._next * 2, self._most)
        self.waits += 1

    def reset(self) -> None:
        """An attempt succeeded."""
        self._next = self._first
        self.waits = 0
