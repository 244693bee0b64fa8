"""Making and rotating signing keys."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from chassis.events.databases.django import publish
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import transaction
from jwt.algorithms import ECAlgorithm

from auth_service.audit.models import Action
from auth_service.audit.services import audit_record
from auth_service.keys.encryption import decrypt, encrypt
from auth_service.keys.events import KeyRevoked, KeyRotated
from auth_service.keys.models import SigningKey
from auth_service.keys.selectors import signing_key_current
from auth_service.settings import settings

CLOCK_DIFFERENCE = timedelta(seconds=30)  # what services allow when they verify


class RotationUnderWay(Exception):  # noqa: N818  said of the keys
    """The next key is published and not active yet; a second one now would only confuse."""


def signing_key_ensure(*, now: datetime) -> SigningKey:
    """The key to sign with; the first one is made here. Of several processes that find none, one makes it."""
    current = signing_key_current(now=now)
    if current is None:
        current, _ = SigningKey.objects.get_or_create(number=1, defaults=_new_key(active_from=now))
    return current


def signing_keys_rotate(*, now: datetime) -> SigningKey:
    """Publish the next key, to sign once every verifier has seen it; forget keys whose last token has expired.

    Raises RotationUnderWay while the next key waits to become active.
    """
    active_from = now + timedelta(seconds=settings().key_ahead_seconds)
    retire_at = active_from + settings().longest_token_life + CLOCK_DIFFERENCE
    with transaction.atomic():
        current = SigningKey.objects.select_for_update().get(number=signing_key_ensure(now=now).number)
        youngest = SigningKey.objects.latest("number")
        if youngest != current:
            raise RotationUnderWay(
                f"{youngest.kid} is already published and signs from {youngest.active_from:%F %T} UTC."
            )
        key = SigningKey.objects.create(number=current.number + 1, **_new_key(active_from=active_from))
        current.retire_at = retire_at
        current.save(update_fields=["retire_at"])
        SigningKey.objects.filter(retire_at__lte=now).delete()
        publish(KeyRotated(kid=key.kid, not_before=active_from, retire_at=retire_at), sequence=1)
        audit_record(Action.KEY_ROTATED, user_id=None, actor=None, kid=key.kid)
    return key


def signing_key_revoke(kid: str, *, now: datetime) -> SigningKey:
    """Withdraw a key that has leaked; gives the one that signs from now on. Raises SigningKey.DoesNotExist.

    In place of the key in use the next one signs at once, published already or new; never an older one again.
    """
    with transaction.atomic():
        revoked = SigningKey.objects.select_for_update().get(kid=kid)
        revoked.delete()
        publish(KeyRevoked(kid=kid, revoked_at=now), sequence=2)
        audit_record(Action.KEY_REVOKED, user_id=None, actor=None, kid=kid)
        current = signing_key_current(now=now)
        if current and current.number > revoked.number:
            return current
        youngest = SigningKey.objects.order_by("-number").first()
        was_used = revoked.active_from <= now
        if youngest is None or (was_used and youngest.number < revoked.number):
            return SigningKey.objects.create(number=revoked.number + 1, **_new_key(active_from=now))
        youngest.active_from, youngest.retire_at = min(youngest.active_from, now), None
        youngest.save(update_fields=["active_from", "retire_at"])
        return youngest


def signing_key_open(key: SigningKey) -> bytes:
    """The private key as DER; raises KeyUnreadable."""
    own = settings()
    sealed = bytes(key.encrypted_private_key)
    return decrypt(sealed, kid=key.kid, secret=own.key_encryption_key, fallback=own.key_encryption_key_fallback)


def signing_keys_reseal() -> int:
    """Encrypt the signing keys anew, under the present key; gives how many. Raises KeyUnreadable, and then has none."""
    with transaction.atomic():
        keys = list(SigningKey.objects.select_for_update())
        for key in keys:
            key.encrypted_private_key = encrypt(
                signing_key_open(key), kid=key.kid, secret=settings().key_encryption_key
            )
            key.save(update_fields=["encrypted_private_key"])
    return len(keys)


def _new_key(*, active_from: datetime) -> dict[str, Any]:
    private_key = generate_private_key(SECP256R1())
    jwk = _public_jwk(private_key.public_key())
    sealed = encrypt(
        private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        kid=jwk["kid"],
        secret=settings().key_encryption_key,
    )
    return {"kid": jwk["kid"], "public_jwk": jwk, "encrypted_private_key": sealed, "active_from": active_from}


def _public_jwk(public_key: EllipticCurvePublicKey) -> dict[str, Any]:
    """A public key as RFC 7517 has it, named by its thumbprint (RFC 7638)."""
    members: dict[str, Any] = ECAlgorithm.to_jwk(public_key, as_dict=True)
    named = {name: members[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(named, sort_keys=True, separators=(",", ":")).encode()
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return named | {"kid": thumbprint, "use": "sig", "alg": "ES256"}
