"""Whose address asks, and whether it asks too often: before anything that costs more, such as a signature."""

from collections.abc import Awaitable
from functools import lru_cache

from chassis.client_address import TrustedProxies

from gateway_service.chain.rates import taken
from gateway_service.exchange import Exchange
from gateway_service.rates.chosen import Quotas, is_loopback, whose_address
from gateway_service.rates.quota import Limiter, Take
from gateway_service.remembered import remembered

_REMEMBERED = 5000


class AddressCheck:
    """Sets the client's address: the peer's, or the one the nearest trusted proxies vouch for.

    ``at_home`` are the quotas of this machine itself.
    """

    def __init__(self, proxies: TrustedProxies, limiter: Limiter, quotas: Quotas, at_home: Quotas) -> None:
        self._told_by_proxies = proxies.header.lower().encode()
        self._proxies = proxies
        self._client = remembered(_REMEMBERED)(self._client_of)
        self._takes = lru_cache(maxsize=_REMEMBERED)(self._takes_of)
        self._limiter = limiter
        self._quotas, self._at_home = quotas, at_home

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        exchange.client = self._address(exchange)
        exchange.quotas, takes = self._takes(exchange.client)
        return taken(exchange, self._limiter, exchange.quotas, takes)

    def _address(self, exchange: Exchange) -> str:
        told = self._told_by_proxies
        if told not in exchange.fields:
            return self._client((exchange.turn.client, ()))
        lines = tuple(value.decode("latin-1") for name, value in exchange.headers if name == told)
        return self._client((exchange.turn.client, lines))

    def _client_of(self, told: tuple[str, tuple[str, ...]]) -> str:
        return self._proxies.client(*told)

    def _takes_of(self, client: str) -> tuple[Quotas, list[Take]]:
        quotas = self._at_home if is_loopback(client) else self._quotas
        whose = whose_address(client)
        return quotas, [(quota, quota.key(whose)) for quota in quotas.of_addresses]
