"""Counts of one process, for while Redis is away."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from auth_service.brakes.stores import Count, Full

MOST_KEYS = 100_000
"""Bounds the memory (some 20 MB). Beyond, the oldest is forgotten."""


class MemoryStore:
    """In a dict, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, datetime]] = {}

    def take(self, counts: Sequence[Count], *, now: datetime) -> Full | None:
        with self._lock:
            found = [(count, *self._get(count, now)) for count in counts]
            full = [Full(count, (ends - now).total_seconds()) for count, number, ends in found if number >= count.most]
            if full:
                return max(full, key=lambda one: one.seconds)
            for count, number, ends in found:
                self._put(count.key, number + 1, ends)
        return None

    def give_back(self, counts: Sequence[Count], *, now: datetime) -> None:
        with self._lock:
            for count in counts:
                number, ends = self._get(count, now)
                if number:
                    self._counts[count.key] = (number - 1, ends)

    def _get(self, count: Count, now: datetime) -> tuple[int, datetime]:
        number, ends = self._counts.get(count.key, (0, now))
        return (number, ends) if ends > now else (0, now + timedelta(seconds=count.seconds))

    def _put(self, key: str, number: int, ends: datetime) -> None:
        if number == 1:
            self._counts.pop(key, None)  # it begins anew, and is the youngest
        self._counts[key] = (number, ends)
        if len(self._counts) > MOST_KEYS:
            del self._counts[next(iter(self._counts))]
