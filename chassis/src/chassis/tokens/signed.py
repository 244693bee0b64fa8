"""JWTs signed with ES256 (RFC 7519), checked strictly: what access tokens and service tokens have in common.

The algorithm is the key's, never the header's; ``jwk``, ``jku`` and ``x5u`` are not read; ``crit`` is refused; only the
one canonical encoding of a token is accepted; a token of another kind (``typ``) is refused (RFC 8725).
"""

import binascii
import json
import re
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from chassis.tokens.keys import VerifyingKey
from chassis.tokens.refusals import TokenRefused, UnknownKey

MAXIMUM_LENGTH = 8192
LEEWAY_SECONDS = 30
"""The clock difference allowed."""
_REMEMBERED_HEADERS = 100
_ES256 = ECDSA(SHA256())
_HALF_BYTES = 32  # of a signature: r, then s (RFC 7518, 3.4)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TO_BASE64 = bytes.maketrans(b"-_+/=", b"+/!!!")  # what is no base64url is none of base64 either


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

    def payload(self, token: str) -> tuple[dict[str, Any], str]:
        """What the token says, and the id of its key; nothing of it is read before the signature holds."""
        parts = token.split(".")
        if len(parts) != 3 or len(token) > MAXIMUM_LENGTH:
            raise TokenRefused("token_malformed")
        header_part, payload_part, signature_part = parts
        header = _header(header_part)
        payload, signature = _decode(payload_part), _decode(signature_part)
        key = self._key(header)
        if not is_signed(f"{header_part}.{payload_part}".encode(), key, signature):
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


def is_signed(message: bytes, key: VerifyingKey, signature: bytes) -> bool:
    """Whether it is the key's signature of the message by ES256 (RFC 7518, 3.4)."""
    if len(signature) != 2 * _HALF_BYTES:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:_HALF_BYTES], signature[_HALF_BYTES:]))
    try:
        key.public_key.verify(encode_dss_signature(r, s), message, _ES256)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=_REMEMBERED_HEADERS)
def _header(part: str) -> dict[str, Any]:
    """The header of a token, to be read and no more: all that one key has signed have the same."""
    return _json_object(_decode(part))


def typed(payload: dict[str, Any], name: str, kind: type) -> Any:
    value = payload.get(name)
    if type(value) is not kind:  # exactly: JSON's true is no number
        raise TokenRefused("token_malformed", f"The claim {name!r} is missing or of the wrong type.")
    return value


def uuid(payload: dict[str, Any], name: str) -> UUID:
    text = typed(payload, name, str)
    if not _UUID.fullmatch(text):
        raise TokenRefused("token_malformed", f"The claim {name!r} is not an id.")
    return UUID(int=int(text.replace("-", ""), 16))


def _decode(part: str) -> bytes:
    """Base64url without padding; any second spelling of the same bytes is refused (RFC 7515, 2)."""
    padded = part.encode("utf-8", "surrogatepass").translate(_TO_BASE64) + b"=" * (-len(part) % 4)
    try:
        decoded = binascii.a2b_base64(padded)
    except ValueError:
        decoded = b""
    if binascii.b2a_base64(decoded, newline=False) != padded:
        raise TokenRefused("token_malformed")
    return decoded


def _json_object(text: bytes) -> dict[str, Any]:
    try:
        value = _JSON.decode(text.decode())
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


_JSON = json.JSONDecoder(object_pairs_hook=_without_duplicates)
