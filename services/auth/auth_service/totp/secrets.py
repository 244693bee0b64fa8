"""Secrets of authenticator apps, sealed at rest; whose one is, is bound in."""

import re
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

import pyotp

from auth_service.keys.encryption import decrypt, encrypt
from auth_service.settings import settings

_SEALED_FOR = b"broadsheet auth second factors"
_STEP = 30  # seconds (RFC 6238, 4.1)


def seal(secret: str, user_id: UUID) -> bytes:
    """For the database."""
    return encrypt(secret.encode(), kid=_name(user_id), secret=settings().key_encryption_key, purpose=_SEALED_FOR)


def unseal(sealed: bytes, user_id: UUID) -> str:
    """What was sealed; raises KeyUnreadable under another AUTH_KEY_ENCRYPTION_KEY, and for somebody else's."""
    own = settings()
    secrets = {"secret": own.key_encryption_key, "fallback": own.key_encryption_key_fallback}
    return decrypt(sealed, kid=_name(user_id), purpose=_SEALED_FOR, **secrets).decode()


def step_of(code: str, secret: str, *, now: datetime) -> int | None:
    """The step that a code is of: the present one, or one before or after it; None for a code of none."""
    present = int(now.timestamp()) // _STEP
    if not re.fullmatch("[0-9]{6}", code):
        return None
    codes = {step: pyotp.HOTP(secret).at(step) for step in (present - 1, present, present + 1)}
    return next((step for step, right in codes.items() if compare_digest(right, code)), None)


def _name(user_id: UUID) -> str:
    return f"second factor of {user_id}"
