"""What is left of quotas, in this process alone: GCRA, as exact as its clock (ITU-T I.371; Brandur Leach, 2015).

Of each key one number is kept: when all of its quota will be there again. It may lie ahead by as much as is used up.
"""

from collections.abc import Callable, Sequence
from time import monotonic_ns

from gateway_service.rates.quota import Quota, Standing, Take

MOST_KEYS = 100_000
_MANY = 2**63
_KEPT = 3 / 4  # of the keys, when there are too many


def microseconds() -> int:
    """A clock that only goes forward."""
    return monotonic_ns() // 1000


class Levels:
    """When the quota of each key will be whole again. Those that are need not be remembered; of too many others those
    that used least go.
    """

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self.full_at: dict[str, int] = {}
        self._most_keys = most_keys

    def __len__(self) -> int:
        return len(self.full_at)

    def full_in(self, key: str, now: int) -> int:
        full_at = self.full_at.get(key, 0)
        return full_at - now if full_at > now else 0

    def fill(self, key: str, now: int, full_in: int) -> None:
        """Take note that a key will be whole after so long."""
        if len(self.full_at) >= self._most_keys and key not in self.full_at:
            left = sorted(((key, at) for key, at in self.full_at.items() if at > now), key=lambda item: -item[1])
            self.full_at.clear()
            self.full_at.update(left[: int(self._most_keys * _KEPT)])
        self.full_at[key] = now + full_in


class LocalLimiter:
    """Counts alone."""

    def __init__(self, *, most_keys: int = MOST_KEYS, now: Callable[[], int] = microseconds) -> None:
        self._levels = Levels(most_keys)
        self._now = now

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, takes: Sequence[Take]) -> Standing:
        """Count at once, as Limiter has it."""
        now, full_at = self._now(), self._levels.full_at
        least, tightest, longest = _MANY, None, 0
        for quota, key in takes:
            before = full_at.get(key, 0)
            full_in = (before - now if before > now else 0) + quota.interval
            left = quota.whole - full_in
            if left < 0:
                self._give_back(takes, quota)
                return Standing(quota, 0, full_in - quota.interval, -left)
            if before:
                full_at[key] = now + full_in
            else:
                self._levels.fill(key, now, full_in)
            remaining = left // quota.interval
            if remaining < least:
                least, tightest, longest = remaining, quota, full_in
        assert tightest
        return Standing(tightest, least, longest)

    def _give_back(self, takes: Sequence[Take], refused: Quota) -> None:
        """What was taken of the quotas before the one that has nothing left."""
        full_at = self._levels.full_at
        for quota, key in takes:
            if quota is refused:
                return
            if key in full_at:  # it may have been forgotten to make room for another one of these
                full_at[key] -= quota.interval

    async def close(self) -> None: ...
