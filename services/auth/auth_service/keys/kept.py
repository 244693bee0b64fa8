"""What a process keeps for a moment of what signing keys are."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

T = TypeVar("T")
KEPT = timedelta(seconds=1)
"""How long: another process may rotate or withdraw a key meanwhile, of which those who verify hear by events."""


class Kept(Generic[T]):
    """Something that is made anew a second later, or when this process has changed a key."""

    def __init__(self, make: Callable[[datetime], T]) -> None:
        self._make = make
        self._made: tuple[datetime, T] | None = None

    def get(self, *, now: datetime) -> T:
        """What is kept, or else made; raises what making it does."""
        found = self.peek(now=now)
        return self.renew(now=now) if found is None else found

    def renew(self, *, now: datetime) -> T:
        """What it is at this moment, made anew; raises likewise."""
        made = self._make(now)
        self._made = (now, made)
        return made

    def peek(self, *, now: datetime) -> T | None:
        """What is kept; None where it has to be made."""
        made = self._made
        return made[1] if made and made[0] <= now < made[0] + KEPT else None

    def forget(self, **_: Any) -> None:
        """Look again; a receiver of signals, too."""
        self._made = None
