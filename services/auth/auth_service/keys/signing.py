"""Signing with the current key: JWS in its compact form (RFC 7515), ES256 alone (RFC 7518, 3.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from chassis.tokens import SERVICE_TOKEN_TYPE
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.utils import timezone
from jwt.utils import base64url_encode, der_to_raw_signature

from auth_service.keys.kept import Kept
from auth_service.keys.models import SigningKey
from auth_service.keys.services import signing_key_ensure, signing_key_open

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105  a type
_ES256 = ECDSA(SHA256())


class _Opened(NamedTuple):
    headers: Mapping[str, bytes]  # of each type of token, as it is signed
    private_key: EllipticCurvePrivateKey


def _open_current(now: datetime) -> _Opened:
    key = signing_key_ensure(now=now)
    return _Opened({typ: _header(key.kid, typ) for typ in (ACCESS_TOKEN_TYPE, SERVICE_TOKEN_TYPE)}, _private_key(key))


def _header(kid: str, typ: str) -> bytes:
    return base64url_encode(msgspec.json.encode({"alg": "ES256", "kid": kid, "typ": typ}))


in_use = Kept(_open_current)
"""The key in use, opened; looking for it and opening it would take longer than all else that a refresh does."""


def sign_access_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT for access (RFC 9068); raises KeyUnreadable if AUTH_KEY_ENCRYPTION_KEY is not the one of the key."""
    return _sign(claims, ACCESS_TOKEN_TYPE, now=now)


def sign_service_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT of the kind that services show each other; raises as ``sign_access_token`` does."""
    return _sign(claims, SERVICE_TOKEN_TYPE, now=now)


def _sign(claims: dict[str, Any], typ: str, *, now: datetime) -> str:
    key = in_use.get(now=now)
    signed = key.headers[typ] + b"." + base64url_encode(msgspec.json.encode(claims))
    signature = der_to_raw_signature(key.private_key.sign(signed, _ES256), key.private_key.curve)
    return (signed + b"." + base64url_encode(signature)).decode()


def check_signing_key() -> None:
    """A condition of readiness: without a key that can be read, nobody can log in. Raises KeyUnreadable."""
    _private_key(signing_key_ensure(now=timezone.now()))


def _private_key(key: SigningKey) -> EllipticCurvePrivateKey:
    private_key = load_der_private_key(signing_key_open(key), password=None)
    assert isinstance(private_key, EllipticCurvePrivateKey)
    return private_key
