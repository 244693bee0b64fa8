"""Access tokens: ES256 JWTs (RFC 7519, RFC 9068), checked strictly in every service.

The algorithm is the key's, never the header's; ``jwk``, ``jku`` and ``x5u`` are not read; ``crit`` is refused; only the
one canonical encoding of a token is accepted (RFC 8725).
"""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jwt.algorithms import ECAlgorithm

from chassis.tokens.keys import VerifyingKey
from chassis.tokens.refusals import TokenRefused, UnknownKey

MAXIMUM_LENGTH = 8192
_BEARER = re.compile(r"bearer (\S+)", re.IGNORECASE | re.ASCII)


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


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header, None without a header; TokenRefused if it is not ``Bearer <token>``."""
    if authorization is None:
        return None
    match = _BEARER.fullmatch(authorization)
    if not match:
        raise TokenRefused("token_malformed", "The Authorization header is not 'Bearer <token>'.")
    return match[1]


class Verifier:
    """Turns a token into claims, or raises TokenRefused.

    ``keys`` gives the key of a kid or None; ``leeway`` is the clock difference allowed, in seconds.
    """

    def __init__(
        self,
        keys: Callable[[str], VerifyingKey | None],
        *,
        issuer: str,
        audience: str,
        leeway: int = 30,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._leeway = leeway
        self._now = now
        self._es256 = ECAlgorithm(ECAlgorithm.SHA256)

    def verify(self, token: str) -> Claims:
        """Check everything about the token; nothing of its payload is read before the signature holds."""
        parts = token.split(".")
        if len(parts) != 3 or len(token) > MAXIMUM_LENGTH:
            raise TokenRefused("token_malformed")
        header_part, payload_part, signature_part = parts
        header = _json_object(_decode(header_part))
        payload, signature = _decode(payload_part), _decode(signature_part)
        key = self._key(header)
        if not self._es256.verify(f"{header_part}.{payload_part}".encode(), key.public_key, signature):
            raise TokenRefused("token_signature")
        return self._accept(_json_object(payload), key.kid)

    def _key(self, header: dict[str, Any]) -> VerifyingKey:
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm != "ES256":
            raise TokenRefused("token_algorithm")
        if "crit" in header or not isinstance(kid, str) or str(header.get("typ")).lower() != "at+jwt":
            raise TokenRefused("token_malformed")
        key = self._keys(kid)
        if key is None:
            raise UnknownKey(kid)
        if key.algorithm != algorithm:
            raise TokenRefused("token_algorithm")
        return key

    def _accept(self, payload: dict[str, Any], kid: str) -> Claims:
        claims = _claims(payload, kid)
        now = self._now()
        if payload.get("iss") != self._issuer:
            raise TokenRefused("token_issuer")
        audience = payload.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("token_audience")
        if now >= claims.exp + self._leeway:
            raise TokenRefused("token_expired")
        if now < max(claims.nbf, claims.iat) - self._leeway:
            raise TokenRefused("token_not_yet_valid")
        return claims


def _claims(payload: dict[str, Any], kid: str) -> Claims:
    roles = _typed(payload, "roles", list)
    if not all(isinstance(role, str) for role in roles):
        raise TokenRefused("token_malformed", "The claim 'roles' is not a list of text.")
    return Claims(
        sub=_uuid(payload, "sub"),
        sid=_uuid(payload, "sid"),
        username=_typed(payload, "username", str),
        roles=frozenset(roles),
        scope=frozenset(_typed(payload, "scope", str).split()),
        iat=_typed(payload, "iat", int),
        nbf=_typed(payload, "nbf", int),
        exp=_typed(payload, "exp", int),
        jti=_typed(payload, "jti", str),
        kid=kid,
    )


def _typed(payload: dict[str, Any], name: str, kind: type) -> Any:
    value = payload.get(name)
    if type(value) is not kind:  # exactly: JSON's true is no number
        raise TokenRefused("token_malformed", f"The claim {name!r} is missing or of the wrong type.")
    return value


def _uuid(payload: dict[str, Any], name: str) -> UUID:
    text = _typed(payload, name, str)
    try:
        value = UUID(text)
    except ValueError:
        value = None
    if value is None or str(value) != text:
        raise TokenRefused("token_malformed", f"The claim {name!r} is not an id.")
    return value


def _decode(part: str) -> bytes:
    """Base64url without padding; any second spelling of the same bytes is refused (RFC 7515, 2)."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        decoded = b""
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise TokenRefused("token_malformed")
    return decoded


def _json_object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text.decode(), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused("token_malformed")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):  # two readers could believe two different things
        raise ValueError("a name occurs twice")
    return members
