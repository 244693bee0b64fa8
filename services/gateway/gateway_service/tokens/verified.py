"""Verifies access tokens, and remembers the verified ones for up to a minute, because a signature costs 100 µs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from chassis.logging import pseudonym
from chassis.revocations import RevokedTokens
from chassis.settings import ClientSettings
from chassis.tallies import counts
from chassis.tokens import Claims, TokenRefused, UnknownKey, Verifier, bearer

from chassis import realworld
from gateway_service.tokens.keys import KeySource

MAXIMUM_SECONDS = 60
MAXIMUM_TOKENS = 20_000


@dataclass(slots=True)
class Caller:
    """Who a verified token is of; ``pseudonym`` is the ``user_hash`` of log lines.

    It was live when so many ``changes`` of the list of revoked tokens were known.
    """

    claims: Claims
    pseudonym: str | None
    until: float
    changes: int


class VerifiedTokens:
    """Keyed by a hash of the header, so that no token lies in memory.

    One that was revoked is forgotten when it comes again, and all are when a key is withdrawn.
    """

    def __init__(
        self,
        verifier: Verifier,
        keys: KeySource,
        revoked: RevokedTokens,
        now: Callable[[], float] = time.time,
        *,
        scheme: str = "Bearer",
    ) -> None:
        self._verifier = verifier
        self._scheme = scheme
        self._keys = keys
        self._revoked = revoked
        self._now = now
        self._callers: dict[bytes, Caller] = {}
        self._hits = counts("gateway_tokens_total").labels("cached")
        self._verified = counts("gateway_tokens_total").labels("verified")
        self._refused = counts("gateway_tokens_total").labels("refused")
        keys.on_withdrawal(self._callers.clear)

    def __len__(self) -> int:
        return len(self._callers)

    def known(self, authorization: bytes) -> Caller | None:
        """The caller of an Authorization header verified less than a minute ago; raises TokenRefused if revoked."""
        digest = _digest(authorization)
        caller = self._callers.get(digest)
        if caller is None or self._now() >= caller.until:
            return None
        changes = self._revoked.changes  # before the look at the list: another thread changes both
        if caller.changes != changes:
            self._look_again(digest, caller.claims)
            caller.changes = changes
        self._hits.inc()
        return caller

    def _look_again(self, digest: bytes, claims: Claims) -> None:
        try:
            self._revoked.require_live(claims)
        except TokenRefused:
            del self._callers[digest]
            self._refused.inc()
            raise

    def verify(self, authorization: bytes) -> Caller:
        """The caller of an Authorization header; raises TokenRefused, or Problem 503 while there are no keys.

        UnknownKey, a TokenRefused, may be a key that was not fetched yet: ``verify_with_new_keys`` knows better.
        """
        try:
            token = bearer(authorization.decode("latin-1"), self._scheme) or ""
            claims, changes = self._verifier.verify(token), self._revoked.changes
            self._revoked.require_live(claims)
            return self._remember(authorization, claims, changes)
        except UnknownKey:
            raise
        except TokenRefused:
            self._refused.inc()
            raise

    def lives(self, claims: Claims) -> bool:
        """Whether what was verified has not been revoked since."""
        try:
            self._revoked.require_live(claims)
        except TokenRefused:
            return False
        return True

    async def verify_with_new_keys(self, authorization: bytes) -> Caller:
        """Verify with keys fetched anew; raises as ``verify`` does."""
        await self._keys.refetch()
        try:
            return self.verify(authorization)
        except UnknownKey:
            self._refused.inc()
            raise

    def _remember(self, authorization: bytes, claims: Claims, changes: int) -> Caller:
        self._verified.inc()
        caller = Caller(claims, pseudonym(claims.sub), min(self._now() + MAXIMUM_SECONDS, claims.exp), changes)
        while len(self._callers) >= MAXIMUM_TOKENS:
            del self._callers[next(iter(self._callers))]
        self._callers[_digest(authorization)] = caller
        return caller


class Tokens(NamedTuple):
    """The verified tokens of the API, and those of RealWorld's dialect, which are for nothing else."""

    api: VerifiedTokens
    realworld: VerifiedTokens


def tokens_of(settings: ClientSettings, keys: KeySource, revoked: RevokedTokens) -> Tokens:
    """Tokens as the settings say who issues them."""
    issuer, audience = settings.token_issuer, settings.token_audience
    api = Verifier(keys.key, issuer=issuer, audience=audience)
    of_dialect = Verifier(keys.key, issuer=issuer, audience=realworld.audience_of(audience))
    return Tokens(
        VerifiedTokens(api, keys, revoked), VerifiedTokens(of_dialect, keys, revoked, scheme=realworld.SCHEME)
    )


def _digest(authorization: bytes) -> bytes:
    return blake2b(authorization, digest_size=16).digest()
