"""Which quotas hold for a request, and where they are kept."""

from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address, ip_network

from gateway_service.config import Rate
from gateway_service.rates.local import LocalLimiter
from gateway_service.rates.quota import Limiter, Quota
from gateway_service.rates.shared import SharedLimiter, Store
from gateway_service.remembered import remembered

LOOPBACK_FACTOR = 1000
"""How much more often this machine may ask its own development server: no test and no measurement drowns in 429s."""


def limiter(cache_url: str, of_workers: Store | None = None) -> Limiter:
    """Shared by all gateways where CACHE_URL names Redis; else, and while it is away, by the workers of one gateway."""
    alone = LocalLimiter() if of_workers is None else SharedLimiter(of_workers)
    if not cache_url.startswith(("redis:", "rediss:")):
        return alone
    from gateway_service.rates.redis_store import RedisStore  # noqa: PLC0415  a tenth of a second that embedded mode saves

    return SharedLimiter(RedisStore(cache_url), alone=alone)


class Quotas:
    """The quotas of the configuration; ``generous`` ones are for this machine itself, see LOOPBACK_FACTOR."""

    def __init__(self, rates: Mapping[str, Rate], *, generous: bool = False) -> None:
        factor = LOOPBACK_FACTOR if generous else 1
        self._named = {name: _quota(name, rate).times(factor) for name, rate in rates.items()}
        everywhere = [self._named[name] for name, rate in rates.items() if rate.everywhere]
        self.has_shadows = any(rate.shadow for rate in rates.values())
        self.of_addresses = tuple(quota for quota in everywhere if quota.by == "address")
        """For every request, before anything else is known of it."""
        self._of_callers = tuple(quota for quota in everywhere if quota.by != "address")
        self.of = cache(self._of)
        """For every request of a method that names these, once its caller is known."""
        self.policies = cache(self._policies)
        """What RateLimit-Policy says of such a method; of None, where none is known."""

    def _of(self, names: tuple[str, ...]) -> tuple[Quota, ...]:
        return (*self._of_callers, *(self._named[name] for name in names))

    def _policies(self, names: tuple[str, ...] | None) -> bytes:
        later = () if names is None else self.of(names)
        return b", ".join(quota.policy for quota in (*self.of_addresses, *later) if not quota.shadow)


def _quota(name: str, rate: Rate) -> Quota:
    return Quota(name, rate.by, rate.requests, rate.seconds, rate.burst or rate.requests, rate.shadow)


@remembered(5000)
def whose_address(client: str) -> str:
    """Under what name an address is counted: IPv6 by the /64 that one subscriber has."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else str(ip_network((client, 64), strict=False))


def is_loopback(client: str) -> bool:
    """Whether it is this machine itself."""
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False
