"""Verifies the access token, if there is one: also on public routes, where an invalid one is refused too."""

import re
from collections.abc import Awaitable
from typing import NamedTuple

from chassis.tokens import UnknownKey
from chassis.tokens.personal import PREFIX

from gateway_service.exchange import Exchange
from gateway_service.tokens.personal import PersonalTokens
from gateway_service.tokens.verified import Caller, VerifiedTokens

_PERSONAL = re.compile(rb"(?i:bearer) (" + PREFIX.encode() + rb"\S*)")


class TokenCheck:
    """Sets claims and pseudonym of the caller. Waits only for keys it has not seen, and for personal tokens.

    Those are left behind here, where there are any: what they were exchanged for goes on in their place.
    """

    def __init__(self, tokens: VerifiedTokens, personal: PersonalTokens | None = None) -> None:
        self._tokens = tokens
        self._personal = personal

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        authorization = exchange.fields.get(b"authorization")
        if authorization is None:
            return None
        caller = self._tokens.known(authorization)
        if caller is not None:
            _name(exchange, caller)
            return None
        if self._personal is not None and (shown := _PERSONAL.fullmatch(authorization)):
            return self._look_up(exchange, self._personal, shown[1].decode("latin-1"))
        return self._verify(exchange, authorization)

    def _verify(self, exchange: Exchange, authorization: bytes) -> Awaitable[None] | None:
        try:
            caller = self._tokens.verify(authorization)
        except UnknownKey:
            return self._verify_later(exchange, authorization)
        _name(exchange, caller)
        return None

    async def _verify_later(self, exchange: Exchange, authorization: bytes) -> None:
        _name(exchange, await self._tokens.verify_with_new_keys(authorization))

    def _look_up(self, exchange: Exchange, personal: PersonalTokens, text: str) -> Awaitable[None] | None:
        authorization = personal.known(text)
        if authorization is None:
            return self._look_up_later(exchange, personal, text)
        _put(exchange, authorization)
        return self(exchange)

    async def _look_up_later(self, exchange: Exchange, personal: PersonalTokens, text: str) -> None:
        authorization = await personal.exchange(text)
        _put(exchange, authorization)
        if later := self(exchange):
            await later


class TokenChecks(NamedTuple):
    """The check of the API, and that of RealWorld's dialect, which knows no personal tokens."""

    api: TokenCheck
    realworld: TokenCheck


def _put(exchange: Exchange, authorization: bytes) -> None:
    """In the place of the personal token; there is one Authorization, or ``framing`` would have refused."""
    others = [header for header in exchange.headers if header[0] != b"authorization"]
    exchange.headers = [*others, (b"authorization", authorization)]
    exchange.fields = {**exchange.fields, b"authorization": authorization}


def _name(exchange: Exchange, caller: Caller) -> None:
    exchange.claims = caller.claims
    exchange.user_hash = caller.pseudonym
