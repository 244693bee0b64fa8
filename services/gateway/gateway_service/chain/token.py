"""Verifies the access token, if there is one: also on public routes, where an invalid one is refused too."""

from collections.abc import Awaitable

from chassis.tokens import UnknownKey

from gateway_service.exchange import Exchange
from gateway_service.tokens.verified import Caller, VerifiedTokens


class TokenCheck:
    """Sets claims and pseudonym of the caller. Waits only for keys it has not seen."""

    def __init__(self, tokens: VerifiedTokens) -> None:
        self._tokens = tokens

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        authorization = exchange.fields.get(b"authorization")
        if authorization is None:
            return None
        try:
            caller = self._tokens.known(authorization) or self._tokens.verify(authorization)
        except UnknownKey:
            return self._verify_later(exchange, authorization)
        _name(exchange, caller)
        return None

    async def _verify_later(self, exchange: Exchange, authorization: bytes) -> None:
        _name(exchange, await self._tokens.verify_with_new_keys(authorization))


def _name(exchange: Exchange, caller: Caller) -> None:
    exchange.claims = caller.claims
    exchange.user_hash = caller.pseudonym
