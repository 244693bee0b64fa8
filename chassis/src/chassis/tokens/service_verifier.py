"""Service tokens: what one service shows another, got from auth by client credentials (RFC 6749, 4.4).

A JWT as an access token is, of a kind of its own (``typ``), for one service (``aud``), about another (``sub``) and no
user.
"""

import time
from collections.abc import Callable

from chassis.tokens.keys import VerifyingKey
from chassis.tokens.refusals import TokenRefused
from chassis.tokens.signed import SignedTokens, typed

SERVICE_TOKEN_TYPE = "service+jwt"  # noqa: S105  a media type's name, not a token
_OF_USERS = ("sid", "username", "roles", "scope")


class ServiceVerifier:
    """Turns a token into the name of the service that was given it; ``audience`` is the service that is asked."""

    def __init__(
        self,
        keys: Callable[[str], VerifyingKey | None],
        *,
        issuer: str,
        audience: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = SignedTokens(keys, typ=SERVICE_TOKEN_TYPE, issuer=issuer, audience=audience, now=now)

    def verify(self, token: str) -> str:
        """Who calls; raises TokenRefused."""
        payload, _kid = self._tokens.payload(token)
        if not isinstance(payload.get("aud"), str) or not payload.keys().isdisjoint(_OF_USERS):
            raise TokenRefused("token_malformed", "A service token names one audience and no user.")
        times = {name: int(typed(payload, name, int)) for name in ("iat", "nbf", "exp")}
        self._tokens.accept(payload, **times)
        return str(typed(payload, "sub", str))
