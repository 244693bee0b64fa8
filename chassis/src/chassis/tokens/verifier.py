"""Access tokens: ES256 JWTs (RFC 7519, RFC 9068), checked strictly in every service."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.tokens.keys import VerifyingKey
from chassis.tokens.refusals import TokenRefused
from chassis.tokens.signed import SignedTokens, typed, uuid

_CREDENTIALS = re.compile(r"([a-z]+) (\S+)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Times are seconds since 1970."""

    sub: UUID
    sid: UUID
    username: str
    roles: frozenset[str]
    scope: frozenset[str]
    iat: int
    nbf: int
    exp: int
    jti: str
    kid: str
    personal: bool = False
    """Whether it stands for a personal access token, and so for no log-in: ``sid`` is that token's id."""
    auth_time: int | None = None
    """When the session was opened by a log-in (RFC 9068, 2.2.1), which a refresh does not change; None of no log-in."""


def bearer(authorization: str | None, scheme: str = "Bearer") -> str | None:
    """The token of an Authorization header, None without a header; TokenRefused if it is not ``Bearer <token>``.

    A dialect may have another ``scheme``.
    """
    if authorization is None:
        return None
    match = _CREDENTIALS.fullmatch(authorization)
    if not match or match[1].lower() != scheme.lower():
        raise TokenRefused("token_malformed", f"The Authorization header is not '{scheme} <token>'.")
    return match[2]


class Verifier:
    """Turns a token into claims, or raises TokenRefused; ``keys`` gives the key of a kid or None."""

    def __init__(
        self,
        keys: Callable[[str], VerifyingKey | None],
        *,
        issuer: str,
        audience: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = SignedTokens(keys, typ="at+jwt", issuer=issuer, audience=audience, now=now)

    def verify(self, token: str) -> Claims:
        """Check everything about the token."""
        payload, kid = self._tokens.payload(token)
        claims = _claims(payload, kid)
        self._tokens.accept(payload, iat=claims.iat, nbf=claims.nbf, exp=claims.exp)
        return claims


def _claims(payload: dict[str, Any], kid: str) -> Claims:
    roles = typed(payload, "roles", list)
    if not all(isinstance(role, str) for role in roles):
        raise TokenRefused("token_malformed", "The claim 'roles' is not a list of text.")
    return Claims(
        sub=uuid(payload, "sub"),
        sid=uuid(payload, "sid"),
        username=typed(payload, "username", str),
        roles=frozenset(roles),
        scope=frozenset(typed(payload, "scope", str).split()),
        iat=typed(payload, "iat", int),
        nbf=typed(payload, "nbf", int),
        exp=typed(payload, "exp", int),
        jti=typed(payload, "jti", str),
        kid=kid,
        personal=typed(payload, "personal", bool) if "personal" in payload else False,
        auth_time=typed(payload, "auth_time", int) if "auth_time" in payload else None,
    )
