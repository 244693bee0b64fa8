"""Signing with the current key."""

from datetime import datetime
from typing import Any, NamedTuple

import jwt
from chassis.tokens import SERVICE_TOKEN_TYPE
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.utils import timezone

from auth_service.keys.kept import Kept
from auth_service.keys.models import SigningKey
from auth_service.keys.services import signing_key_ensure, signing_key_open


class _Opened(NamedTuple):
    kid: str
    private_key: EllipticCurvePrivateKey


def _open_current(now: datetime) -> _Opened:
    key = signing_key_ensure(now=now)
    return _Opened(key.kid, _private_key(key))


in_use = Kept(_open_current)
"""The key in use, opened; looking for it and opening it would take longer than all else that a refresh does."""


def sign_access_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT for access (RFC 9068); raises KeyUnreadable if AUTH_KEY_ENCRYPTION_KEY is not the one of the key."""
    return _sign(claims, "at+jwt", now=now)


def sign_service_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT of the kind that services show each other; raises as ``sign_access_token`` does."""
    return _sign(claims, SERVICE_TOKEN_TYPE, now=now)


def _sign(claims: dict[str, Any], typ: str, *, now: datetime) -> str:
    key = in_use.get(now=now)
    return jwt.encode(claims, key.private_key, "ES256", {"kid": key.kid, "typ": typ})


def check_signing_key() -> None:
    """A condition of readiness: without a key that can be read, nobody can log in. Raises KeyUnreadable."""
    _private_key(signing_key_ensure(now=timezone.now()))


def _private_key(key: SigningKey) -> EllipticCurvePrivateKey:
    private_key = load_der_private_key(signing_key_open(key), password=None)
    assert isinstance(private_key, EllipticCurvePrivateKey)
    return private_key
