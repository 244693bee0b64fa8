"""Personal access tokens: exchanged at auth for access tokens, which the services see instead.

What a token was exchanged for is used for a minute; then auth is asked again, and says what its owner may do by now.
While auth is away it is used until it expires. That it was revoked meanwhile is heard as it is of every access token.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from chassis.tallies import counts
from chassis.tokens import Claims, TokenRefused, UnknownKey, personal

from gateway_service.refusals import Refusal
from gateway_service.tokens.verified import VerifiedTokens

FRESH_SECONDS = 60
PATIENCE_SECONDS = 5
"""How long auth is left alone about a token after it gave no answer."""
MAXIMUM_TOKENS = 10_000
MAXIMUM_REFUSED = 10_000
MAXIMUM_WAITING = 200
"""Tokens about which auth is being asked; of no further one it is, so that a flood of them stops here."""

_OUTCOMES = ("cached", "exchanged", "refused", "unavailable")


class ExchangeFailedError(Exception):
    """Auth gave no answer."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The Authorization that services see, what it says, and until when it is used without asking."""

    authorization: bytes
    claims: Claims
    fresh_until: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Auth will say no other thing of this token for a while."""

    code: str
    until: float


class PersonalTokens:
    """Keyed by their digests. ``exchange`` asks auth; it raises TokenRefused or ExchangeFailedError."""

    def __init__(
        self,
        exchange: Callable[[str], Awaitable[str]],
        tokens: VerifiedTokens,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._exchange = exchange
        self._tokens = tokens
        self._now = now
        self._exchanged: dict[bytes, Exchanged] = {}
        self._refused: dict[bytes, Refused] = {}
        self._asking: dict[bytes, asyncio.Future[bytes]] = {}
        self._count = {outcome: counts("gateway_personal_tokens_total").labels(outcome).inc for outcome in _OUTCOMES}

    def __len__(self) -> int:
        return len(self._exchanged)

    def forget(self) -> None:
        """A key was withdrawn: nothing that it signed is used again."""
        self._exchanged.clear()

    def known(self, text: str) -> bytes | None:
        """The Authorization for a token exchanged a moment ago, None if auth is to be asked; raises TokenRefused."""
        if not personal.is_well_formed(text):
            self._count["refused"]()
            raise TokenRefused("token_malformed")
        key, now = personal.digest(text), self._now()
        refused = self._refused.get(key)
        if refused and now < refused.until:
            self._count["refused"]()
            raise TokenRefused(refused.code)
        held = self._exchanged.get(key)
        if held is None or now >= held.fresh_until or not self._lives(held):
            return None
        self._count["cached"]()
        return held.authorization

    async def exchange(self, text: str) -> bytes:
        """Exchange it by asking auth, once for all who wait; raises TokenRefused, or Refusal ``keys_unavailable``."""
        key = personal.digest(text)
        asking = self._asking.get(key)
        if asking is None:
            if len(self._asking) >= MAXIMUM_WAITING:
                raise _unavailable()
            asking = self._asking[key] = asyncio.ensure_future(self._ask(key, text))
            asking.add_done_callback(lambda done: self._asked(key, done))
        return await asyncio.shield(asking)  # a client that leaves does not end it for the others

    def _asked(self, key: bytes, done: "asyncio.Future[bytes]") -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # has been looked at, though all who waited may have left

    async def _ask(self, key: bytes, text: str) -> bytes:
        try:
            authorization = f"Bearer {await self._exchange(text)}".encode()
        except TokenRefused as refused:
            self._count["refused"]()
            self._exchanged.pop(key, None)
            _keep(self._refused, key, Refused(refused.code, self._now() + FRESH_SECONDS), MAXIMUM_REFUSED)
            raise
        except ExchangeFailedError:
            self._count["unavailable"]()
            return self._used_on(key)
        self._count["exchanged"]()
        claims = await self._claims(authorization)
        fresh_until = min(self._now() + FRESH_SECONDS, claims.exp)
        _keep(self._exchanged, key, Exchanged(authorization, claims, fresh_until), MAXIMUM_TOKENS)
        return authorization

    async def _claims(self, authorization: bytes) -> Claims:
        try:
            return self._tokens.verify(authorization).claims
        except UnknownKey:
            return (await self._tokens.verify_with_new_keys(authorization)).claims

    def _used_on(self, key: bytes) -> bytes:
        """What the token was exchanged for before, while that lives; raises Refusal."""
        held, now = self._exchanged.get(key), self._now()
        if held is None or now >= held.claims.exp or not self._lives(held):
            raise _unavailable()
        self._exchanged[key] = replace(held, fresh_until=min(now + PATIENCE_SECONDS, held.claims.exp))
        return held.authorization

    def _lives(self, held: Exchanged) -> bool:
        """Else auth knows more: the token is over, or its owner has other roles by now."""
        return self._tokens.lives(held.claims)


def _keep(entries: dict[bytes, Any], key: bytes, entry: Exchanged | Refused, most: int) -> None:
    """Keep it as the newest one, for the oldest ones beyond the most."""
    entries.pop(key, None)
    while len(entries) >= most:
        del entries[next(iter(entries))]
    entries[key] = entry


def _unavailable() -> Refusal:
    return Refusal("keys_unavailable", "Auth cannot be asked about a personal access token at the moment.")
