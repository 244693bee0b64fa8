"""Whether the caller asks too often: by account, by log-in, and by what the route says."""

from collections.abc import Awaitable
from functools import lru_cache
from typing import assert_never
from uuid import UUID

from chassis.metrics import counter

from gateway_service.exchange import Exchange
from gateway_service.rates.chosen import whose_address
from gateway_service.rates.quota import SECOND, Limiter, Quota, Standing, Take
from gateway_service.refusals import Refusal

_REMEMBERED = 5000


class LimitsCheck:
    """Who is not logged in has the address alone to be counted by."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._takes = lru_cache(maxsize=_REMEMBERED)(_takes)

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        assert exchange.rule is not None
        assert exchange.quotas is not None
        claims, asked = exchange.claims, exchange.quotas.of(exchange.rule.rates)
        takes = self._takes(asked, exchange.client, claims and claims.sub, claims and claims.sid)
        return settle(exchange, self._limiter.take(takes)) if takes else None


def settle(exchange: Exchange, told: Standing | Awaitable[Standing]) -> Awaitable[None] | None:
    """Keep the tightest standing for the response; raises Refusal ``rate_limited``."""
    if not isinstance(told, Standing):
        return _settle_later(exchange, told)
    if exchange.standing is None or told.wait or told.remaining < exchange.standing.remaining:
        exchange.standing = told
    if told.wait:
        raise _too_many(told)
    return None


async def _settle_later(exchange: Exchange, waiting: Awaitable[Standing]) -> None:
    settle(exchange, await waiting)


def _takes(asked: tuple[Quota, ...], client: str, user: UUID | None, session: UUID | None) -> list[Take]:
    found: list[Take] = []
    for quota in asked:
        match quota.by:
            case "address":
                whose = whose_address(client)
            case "user":
                whose = str(user or "")
            case "client":
                whose = str(session or "")
            case _:
                assert_never(quota.by)
        if whose:
            found.append((quota, quota.key(whose)))
    return found


def _too_many(told: Standing) -> Refusal:
    quota = told.quota
    counter("gateway_rate_limited_total").labels(quota.name).inc()
    detail = f"At most {quota.requests} requests in {quota.seconds} seconds, {quota.burst} at once ({quota.name})."
    return Refusal("rate_limited", detail, headers={"Retry-After": str(-(-told.wait // SECOND))})
