"""Last link: passes the request on to its service and the answer back, streaming both ways."""

import asyncio
from collections.abc import Mapping
from time import monotonic, perf_counter

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal
from gateway_service.upstreams.body import Budget, RequestBody
from gateway_service.upstreams.connection import UpstreamFailedError
from gateway_service.upstreams.headers import AnswerHeaders
from gateway_service.upstreams.relay import relay
from gateway_service.upstreams.transfer import Deadlines, Stop, Transfer
from gateway_service.upstreams.upstream import Upstream


class ClientLeftError(Exception):
    """Nobody is there to be answered."""


class Forward:
    """Forwards to the service that the route names."""

    def __init__(self, upstreams: Mapping[str, Upstream], bodies_bytes: int) -> None:
        self._upstreams = upstreams
        self._budget = Budget(bodies_bytes)
        self._headers = AnswerHeaders()
        self._deadlines = Deadlines()

    async def __call__(self, exchange: Exchange) -> None:
        assert exchange.target is not None
        assert exchange.rule is not None
        transfer = Transfer(exchange, exchange.rule.limits)
        self._deadlines.watch(transfer)
        try:
            await self._forward(exchange, transfer, self._upstreams[exchange.target.upstream])
        except asyncio.CancelledError:
            if not transfer.cancelled_by_us():
                raise
            raise _reason(transfer) from None
        except UpstreamFailedError as error:
            raise Refusal(error.code) from error
        finally:
            self._deadlines.forget(transfer)

    async def _forward(self, exchange: Exchange, transfer: Transfer, upstream: Upstream) -> None:
        body = None if exchange.body_arrived else RequestBody(exchange, transfer, self._budget)
        began = perf_counter()
        try:
            connection = await upstream.ask(exchange, body)
        finally:
            if body:
                body.release()
        exchange.upstream_seconds = perf_counter() - began
        transfer.moved = monotonic()
        try:
            await relay(exchange, transfer, connection, self._headers.make(exchange, connection.headers))
        finally:
            upstream.release(connection)


def _reason(transfer: Transfer) -> Exception:
    match transfer.stopped:
        case Stop.CLIENT_LEFT:
            return ClientLeftError()
        case Stop.CLIENT_SLOW:
            return Refusal("request_timeout")
        case _:
            return Refusal("upstream_timeout")
