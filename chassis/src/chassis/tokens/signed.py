"""JWTs signed with ES256 (RFC 7519), checked strictly: what access tokens and service tokens have in common.

The algorithm is the key's, never the header's; ``jwk``, ``jku`` and ``x5u`` are not read; ``crit`` is refused; only the
one canonical encoding of a token is accepted; a token of another kind (``typ``) is refused (RFC 8725).
"""

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from jwt.algorithms import ECAlgorithm

from chassis.tokens.keys import VerifyingKey
from chassis.tokens.refusals import TokenRefused, UnknownKey

MAXIMUM_LENGTH = 8192
LEEWAY_SECONDS = 30
"""The clock difference allowed."""


class SignedTokens:
    """Tokens of one kind, issuer and audience; ``keys`` gives the key of a kid or None."""

    def __init__(
        self,
        keys: Callable[[str], VerifyingKey | None],
        *,
        typ: str,
        issuer: str,
        audience: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._typ = typ
        self._issuer = issuer
        self._audience = audience
        self._now = now
        self._es256 = ECAlgorithm(ECAlgorithm.SHA256)

    def payload(self, token: str) -> tuple[dict[str, Any], str]:
        """What the token says, and the id of its key; nothing of it is read before the signature holds."""
        parts = token.split(".")
        if len(parts) != 3 or len(token) > MAXIMUM_LENGTH:
            raise TokenRefused("token_malformed")
        header_part, payload_part, signature_part = parts
        header = _json_object(_decode(header_part))
        payload, signature = _decode(payload_part), _decode(signature_part)
        key = self._key(header)
        if not self._es256.verify(f"{header_part}.{payload_part}".encode(), key.public_key, signature):
            raise TokenRefused("token_signature")
        return _json_object(payload), key.kid

    def accept(self, payload: dict[str, Any], *, iat: int, nbf: int, exp: int) -> None:
        """Refuse what another issued, what is for another, and what is over or not yet begun."""
        now = self._now()
        if payload.get("iss") != self._issuer:
            raise TokenRefused("token_issuer")
        audience = payload.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("token_audience")
        if now >= exp + LEEWAY_SECONDS:
            raise TokenRefused("token_expired")
        if now < max(nbf, iat) - LEEWAY_SECONDS:
            raise TokenRefused("token_not_yet_valid")

    def _key(self, header: dict[str, Any]) -> VerifyingKey:
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm != "ES256":
            raise TokenRefused("token_algorithm")
        if "crit" in header or not isinstance(kid, str):
            raise TokenRefused("token_malformed")
        if str(header.get("typ")).lower() != self._typ:
            raise TokenRefused("token_malformed", f"The token is not of the kind {self._typ}.")
        key = self._keys(kid)
        if key is None:
            raise UnknownKey(kid)
        if key.algorithm != algorithm:
            raise TokenRefused("token_algorithm")
        return key


def typed(payload: dict[str, Any], name: str, kind: type) -> Any:
    value = payload.get(name)
    if type(value) is not kind:  # exactly: JSON's true is no number
        raise TokenRefused("token_malformed", f"The claim {name!r} is missing or of the wrong type.")
    return value


def uuid(payload: dict[str, Any], name: str) -> UUID:
    text = typed(payload, name, str)
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
