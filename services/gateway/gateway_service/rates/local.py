"""What is left of quotas, in this process alone: GCRA, as exact as its clock (ITU-T I.371; Brandur Leach, 2015).

Of each key one number is kept: when all of its quota will be there again. It may lie ahead by as much as is used up.
"""

from collections.abc import Callable, Sequence
from time import monotonic_ns

from gateway_service.rates.quota import Standing, Take

MOST_KEYS = 100_000
_KEPT = 3 / 4  # of the keys, when there are too many


def microseconds() -> int:
    """A clock that only goes forward."""
    return monotonic_ns() // 1000


class Levels:
    """When the quota of each key will be whole again. Those that are need not be remembered; of too many others those
    that used least go.
    """

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._full_at: dict[str, int] = {}
        self._most_keys = most_keys

    def __len__(self) -> int:
        return len(self._full_at)

    def full_in(self, key: str, now: int) -> int:
        full_at = self._full_at.get(key, 0)
        return full_at - now if full_at > now else 0

    def fill(self, key: str, now: int, full_in: int) -> None:
        """It will be whole after so long."""
        if len(self._full_at) >= self._most_keys and key not in self._full_at:
            left = sorted(((key, at) for key, at in self._full_at.items() if at > now), key=lambda item: -item[1])
            self._full_at = dict(left[: int(self._most_keys * _KEPT)])
        self._full_at[key] = now + full_in


class LocalLimiter:
    """Counts alone."""

    def __init__(self, *, most_keys: int = MOST_KEYS, now: Callable[[], int] = microseconds) -> None:
        self._levels = Levels(most_keys)
        self._now = now

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, takes: Sequence[Take]) -> Standing:
        """As the protocol has it; at once."""
        now, levels = self._now(), self._levels
        used = [levels.full_in(key, now) for _, key in takes]
        for (quota, _), full_in in zip(takes, used, strict=True):
            wait = full_in - (quota.burst - 1) * quota.interval
            if wait > 0:
                return Standing(quota, 0, full_in, wait)
        tightest: Standing | None = None
        for (quota, key), before in zip(takes, used, strict=True):
            full_in = before + quota.interval
            levels.fill(key, now, full_in)
            remaining = quota.burst - -(-full_in // quota.interval)
            if tightest is None or remaining < tightest.remaining:
                tightest = Standing(quota, remaining, full_in)
        assert tightest
        return tightest

    async def close(self) -> None: ...
