"""Signing with the current key."""

from datetime import datetime
from typing import Any

import jwt
from chassis.tokens import SERVICE_TOKEN_TYPE
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.utils import timezone

from auth_service.keys.models import SigningKey
from auth_service.keys.services import signing_key_ensure, signing_key_open


def sign_access_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT for access (RFC 9068); raises KeyUnreadable if AUTH_KEY_ENCRYPTION_KEY is not the one of the key."""
    return _sign(claims, "at+jwt", now=now)


def sign_service_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT of the kind that services show each other; raises as ``sign_access_token`` does."""
    return _sign(claims, SERVICE_TOKEN_TYPE, now=now)


def _sign(claims: dict[str, Any], typ: str, *, now: datetime) -> str:
    key = signing_key_ensure(now=now)
    return jwt.encode(claims, _private_key(key), "ES256", {"kid": key.kid, "typ": typ})


def check_signing_key() -> None:
    """A condition of readiness: without a key that can be read, nobody can log in. Raises KeyUnreadable."""
    _private_key(signing_key_ensure(now=timezone.now()))


def _private_key(key: SigningKey) -> EllipticCurvePrivateKey:
    private_key = load_der_private_key(signing_key_open(key), password=None)
    assert isinstance(private_key, EllipticCurvePrivateKey)
    return private_key
