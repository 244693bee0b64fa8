"""Keys whose last answer was for one client alone: for a while nobody waits for another's."""

from collections.abc import Callable

from gateway_service.cache.keys import Key

SECONDS = 10.0
MOST = 10_000


class Passed:
    """Remembers MOST of them at once, and forgets all when there are more.

    By their hashes, for a key may have 16 KB. Another one of the same hash is passed as well, which changes no answer.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: dict[int, float] = {}

    def add(self, key: Key) -> None:
        if len(self._until) >= MOST:
            self._until.clear()
        self._until[hash(key)] = self._now() + SECONDS

    def __contains__(self, key: Key) -> bool:
        known = hash(key)
        until = self._until.get(known)
        if until is None:
            return False
        if self._now() >= until:
            del self._until[known]
            return False
        return True
