"""Stores that count attempts: each does the same, in Redis, in the database or in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Count:
    """At most ``most`` attempts within ``seconds`` of the first; ``reason`` says what ``key`` is of."""

    reason: str
    key: str
    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Full:
    """A count that takes no more for so many seconds."""

    count: Count
    seconds: float


class Store(Protocol):
    """Counts for all who share it, atomically.

    A count begins with its first attempt and is empty again ``seconds`` later, whatever came in between: nobody is
    held back longer than that, and what is refused prolongs nothing.
    """

    def take(self, counts: Sequence[Count], *, now: datetime) -> Full | None:
        """Add one to each, or to none where one is full: then the one that is for longest."""

    def give_back(self, counts: Sequence[Count], *, now: datetime) -> None:
        """Take away one that was added to each."""
