"""Reads of signing keys."""

from datetime import datetime
from typing import Any

from chassis.django.prepared import prepared
from chassis.tokens import VerifyingKey
from django.db.models import Q, QuerySet
from django.utils import timezone
from jwt import PyJWK

from auth_service.keys.models import SigningKey


def signing_key_current(*, now: datetime) -> SigningKey | None:
    """The youngest key that is active; None before the first one is made."""
    return next(iter(_active(now)), None)


@prepared
def _active(now: datetime) -> QuerySet[SigningKey]:
    return SigningKey.objects.filter(active_from__lte=now).order_by("-number")[:1]


def jwks(*, now: datetime) -> dict[str, Any]:
    """The JWKS (RFC 7517): the key in use, the next one, and old ones while a token they signed may live.

    Of an old one ``exp`` says until when (OpenID Federation 1.0, 8.7.2), for verifiers that cannot refresh.
    """
    return {"keys": [_jwk(key) for key in _published(now).order_by("number")]}


def _jwk(key: SigningKey) -> dict[str, Any]:
    until = {"exp": int(key.retire_at.timestamp())} if key.retire_at else {}
    return {**key.public_jwk, **until}


def verifying_key(kid: str) -> VerifyingKey | None:
    """The public key of ``kid`` as long as it is published."""
    key = _published(timezone.now()).filter(kid=kid).first()
    return VerifyingKey(kid, "ES256", PyJWK(key.public_jwk).key) if key else None


def _published(now: datetime) -> QuerySet[SigningKey]:
    return SigningKey.objects.filter(Q(retire_at=None) | Q(retire_at__gt=now))
