"""Quotas in memory, which the workers of one gateway lease as gateways do from Redis: a bound holds for all of them."""

from collections.abc import Callable, Sequence

from gateway_service.rates.local import MOST_KEYS, Levels, microseconds
from gateway_service.rates.shared import Ask, Told


class MemoryStore:
    """Counts by GCRA, as the script of redis_store.py does."""

    away = False

    def __init__(self, *, most_keys: int = MOST_KEYS, now: Callable[[], int] = microseconds) -> None:
        self._levels = Levels(most_keys)
        self._now = now

    def __len__(self) -> int:
        return len(self._levels)

    async def ask(self, asks: Sequence[Ask]) -> list[Told]:
        """Lease as Store has it."""
        return [self.lease(ask.key, ask.quota.interval, ask.quota.burst, ask.want, ask.back) for ask in asks]

    async def close(self) -> None: ...

    def lease(self, key: str, interval: int, burst: int, want: int, back: int) -> Told:
        """Grant of ``want`` what there is, once ``back`` was given back; times are in microseconds."""
        now = self._now()
        full_in = max(0, self._levels.full_in(key, now) - back * interval)
        room = max(0, (burst * interval - full_in) // interval)
        granted = min(want, room)
        full_in += granted * interval
        self._levels.fill(key, now, full_in)
        wait = full_in - (burst - 1) * interval if want and not granted else 0
        return Told(granted, room - granted, wait, full_in)
