"""What is left of quotas, in Redis for all gateways, without asking it for every request.

A gateway takes some of a quota ahead, a lease, and gives back what it has not used within a second: so a client that
goes on asking is answered from memory, and what all gateways let through together never is more than the quota. A key
that has nothing left is refused from memory, too, until it has. While Redis is away each gateway counts by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from gateway_service.rates.local import LocalLimiter, microseconds
from gateway_service.rates.quota import SECOND, Limiter, Quota, Standing, Take

LEASE = SECOND
MOST_LEASES = 100_000
_PART = 20  # of a burst, that is leased at a time
_LOW = 4  # when a quarter is left, more is asked for before anybody has to wait


@dataclass(frozen=True, slots=True)
class Ask:
    """``want`` so many of a quota, and give ``back`` what was not used."""

    quota: Quota
    key: str
    want: int
    back: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """``granted`` of what was wanted, and how the key stands then; see Standing."""

    granted: int
    remaining: int
    wait: int
    full_in: int


class AwayError(Exception):
    """The store does not answer."""


class Store(Protocol):
    """Where all gateways count together."""

    def ask(self, asks: Sequence[Ask]) -> Awaitable[Sequence[Told]]:
        """Raises AwayError."""

    @property
    def away(self) -> bool:
        """Whether the store did not answer, and has not come back yet."""

    async def close(self) -> None: ...


@dataclass(slots=True)
class _Lease:
    quota: Quota
    left: int = 0
    ends: int = 0
    remaining: int = 0  # beside what is leased, when it was last told
    full_at: int = 0
    refused_until: int = 0
    asking: bool = False


class SharedLimiter:
    """``store`` is asked where nothing is leased; ``alone`` counts while it is away."""

    def __init__(
        self,
        store: Store,
        *,
        alone: Limiter | None = None,
        most_leases: int = MOST_LEASES,
        now: Callable[[], int] = microseconds,
    ) -> None:
        self._store = store
        self._alone = LocalLimiter(now=now) if alone is None else alone
        self._most_leases = most_leases
        self._now = now
        self._leases: dict[str, _Lease] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._leases) + len(self._alone)

    def take(self, takes: Sequence[Take]) -> Standing | Awaitable[Standing]:
        """Take from what was leased, as Limiter has it."""
        if self._store.away:
            return self._alone.take(takes)
        now, must_ask = self._now(), False
        for quota, key in takes:
            lease = self._leases.get(key)
            if lease is None or not lease.left or lease.ends <= now:
                if lease and lease.refused_until > now:
                    return Standing(quota, 0, lease.full_at - now, lease.refused_until - now)
                must_ask = True
        return self._take_later(takes) if must_ask else self._use(takes, now)

    async def close(self) -> None:
        if self._sweeping:
            self._sweeping.cancel()
        for task in self._background:
            task.cancel()
        await self._store.close()
        await self._alone.close()

    def _use(self, takes: Sequence[Take], now: int) -> Standing:
        """One of each, which are all leased."""
        tightest: Standing | None = None
        for quota, key in takes:
            lease = self._leases[key]
            lease.left -= 1
            if lease.left * _LOW < _part(quota) and _part(quota) > 1 and not lease.asking:
                self._do(self._refill(lease, key))
            remaining = lease.left + lease.remaining
            if tightest is None or remaining < tightest.remaining:
                tightest = Standing(quota, remaining, max(0, lease.full_at - now))
        assert tightest
        return tightest

    async def _take_later(self, takes: Sequence[Take]) -> Standing:
        """One of each is asked for at least, so that nobody else takes what this request has waited for."""
        while len(self._leases) >= self._most_leases:
            del self._leases[next(iter(self._leases))]
        try:
            await self._ask([(quota, key, self._wanted(quota, key)) for quota, key in takes])
        except AwayError:
            told = self._alone.take(takes)
            return told if isinstance(told, Standing) else await told
        now = self._now()
        for quota, key in takes:
            lease = self._leases[key]
            if not lease.left:
                return Standing(quota, 0, max(0, lease.full_at - now), max(1, lease.refused_until - now))
        return self._use(takes, now)

    async def _refill(self, lease: _Lease, key: str) -> None:
        lease.asking = True
        try:
            await self._ask([(lease.quota, key, _part(lease.quota))])
        finally:
            lease.asking = False

    async def _ask(self, wanted: Sequence[tuple[Quota, str, int]]) -> None:
        now = self._now()
        asks = [Ask(quota, key, want, self._lapsed(key, now)) for quota, key, want in wanted]
        told = await self._store.ask(asks)
        now = self._now()
        for ask, each in zip(asks, told, strict=True):
            lease = self._leases.get(ask.key) or self._new(ask)
            lease.left += each.granted
            lease.ends = now + LEASE
            lease.remaining = each.remaining
            lease.full_at = now + each.full_in
            lease.refused_until = now + each.wait

    def _wanted(self, quota: Quota, key: str) -> int:
        """Not much while more is on its way already."""
        lease = self._leases.get(key)
        return 1 if lease and lease.asking else _part(quota)

    def _lapsed(self, key: str, now: int) -> int:
        """What is left of a lease that has ended: it goes back."""
        lease = self._leases.get(key)
        if lease is None or lease.ends > now:
            return 0
        back, lease.left = lease.left, 0
        return back

    def _new(self, ask: Ask) -> _Lease:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(LEASE / SECOND, self._sweep)
        lease = self._leases[ask.key] = _Lease(ask.quota)
        return lease

    def _sweep(self) -> None:
        """Forget leases that have ended, and give back what is left of them."""
        now = self._now()
        ended = {
            key: lease
            for key, lease in self._leases.items()
            if lease.ends <= now and lease.refused_until <= now and not lease.asking
        }
        back = [Ask(lease.quota, key, 0, lease.left) for key, lease in ended.items() if lease.left]
        for key in ended:
            del self._leases[key]
        if back and not self._store.away:
            self._do(self._give(back))
        self._sweeping = asyncio.get_running_loop().call_later(LEASE / SECOND, self._sweep) if self._leases else None

    async def _give(self, back: Sequence[Ask]) -> None:
        await self._store.ask(back)

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """In the background; that the store is away is found out by who waits for it."""

        async def quietly() -> None:
            with suppress(AwayError):
                await work

        task = asyncio.get_running_loop().create_task(quietly())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _part(quota: Quota) -> int:
    return max(1, quota.burst // _PART)
