"""Signing with the current key."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import jwt
from chassis.tokens import SERVICE_TOKEN_TYPE
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.utils import timezone

from auth_service.keys.models import SigningKey
from auth_service.keys.services import signing_key_ensure, signing_key_open

KEPT = timedelta(seconds=1)
"""How long a process signs with the key that it has found: another one may withdraw it, of which all others hear."""


class _Found(NamedTuple):
    at: datetime
    kid: str
    private_key: EllipticCurvePrivateKey


class Signer:
    """The key in use, opened; looking for it and opening it would take longer than all else that a refresh does."""

    def __init__(self) -> None:
        self._found: _Found | None = None

    def sign(self, claims: dict[str, Any], typ: str, *, now: datetime) -> str:
        found = self._found
        if found is None or not found.at <= now < found.at + KEPT:
            key = signing_key_ensure(now=now)
            found = self._found = _Found(now, key.kid, _private_key(key))
        return jwt.encode(claims, found.private_key, "ES256", {"kid": found.kid, "typ": typ})

    def forget(self, **_: Any) -> None:
        """Look again; a receiver of signals, too."""
        self._found = None


signer = Signer()


def sign_access_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT for access (RFC 9068); raises KeyUnreadable if AUTH_KEY_ENCRYPTION_KEY is not the one of the key."""
    return signer.sign(claims, "at+jwt", now=now)


def sign_service_token(claims: dict[str, Any], *, now: datetime) -> str:
    """A JWT of the kind that services show each other; raises as ``sign_access_token`` does."""
    return signer.sign(claims, SERVICE_TOKEN_TYPE, now=now)


def check_signing_key() -> None:
    """A condition of readiness: without a key that can be read, nobody can log in. Raises KeyUnreadable."""
    _private_key(signing_key_ensure(now=timezone.now()))


def _private_key(key: SigningKey) -> EllipticCurvePrivateKey:
    private_key = load_der_private_key(signing_key_open(key), password=None)
    assert isinstance(private_key, EllipticCurvePrivateKey)
    return private_key
