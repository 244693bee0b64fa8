"""Whether the caller asks too often: by account, by log-in, and by what the route says."""

import asyncio
from collections.abc import Awaitable
from functools import lru_cache
from typing import assert_never
from uuid import UUID

from chassis.metrics import counter

from gateway_service.exchange import Exchange
from gateway_service.rates.chosen import Quotas, whose_address
from gateway_service.rates.quota import SECOND, Limiter, Quota, Standing, Take
from gateway_service.refusals import Refusal

_REMEMBERED = 5000
_asking: set[asyncio.Future[Standing]] = set()


class RatesCheck:
    """Who is not logged in has the address alone to be counted by."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._takes = lru_cache(maxsize=_REMEMBERED)(_takes)

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        assert exchange.rule is not None
        assert exchange.quotas is not None
        claims, asked = exchange.claims, exchange.quotas.of(exchange.rule.rates)
        takes = self._takes(asked, exchange.client, claims and claims.sub.int, claims and claims.sid.int)
        return taken(exchange, self._limiter, exchange.quotas, takes)


def taken(exchange: Exchange, limiter: Limiter, quotas: Quotas, takes: list[Take]) -> Awaitable[None] | None:
    """Take one of each, and refuse where one has nothing left; of those in shadow apart, or they would hide others."""
    if quotas.has_shadows:
        for take in takes:
            if take[0].shadow:
                _try_out(limiter.take((take,)))
        takes = [take for take in takes if not take[0].shadow]
    return settle(exchange, limiter.take(takes)) if takes else None


def _try_out(told: Standing | Awaitable[Standing]) -> None:
    """Count what would be refused, in the background where somebody must be asked."""
    if not isinstance(told, Standing):
        task = asyncio.ensure_future(told)
        _asking.add(task)
        task.add_done_callback(_tried_out)
    elif told.wait:
        counter("gateway_shadow_refusals_total").labels("rate_limited", told.quota.name).inc()


def _tried_out(task: asyncio.Future[Standing]) -> None:
    _asking.discard(task)
    if not task.cancelled() and task.exception() is None:
        _try_out(task.result())


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


def _takes(asked: tuple[Quota, ...], client: str, user: int | None, session: int | None) -> list[Take]:
    """Ids come as numbers: a UUID is hashed by Python code, for every request."""
    found: list[Take] = []
    for quota in asked:
        match quota.by:
            case "address":
                whose = whose_address(client)
            case "user":
                whose = "" if user is None else str(UUID(int=user))
            case "client":
                whose = "" if session is None else str(UUID(int=session))
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
