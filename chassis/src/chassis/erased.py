"""How a service remembers whom it has erased, without their names: late events must not bring anybody back.

The key is the service's own and stays in its database; nobody else can tell whom a hash is of. It is no secret of the
settings, for those are rotated.
"""

import hmac
import secrets
from uuid import UUID

KEY_BYTES = 32


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def user_hash(key: bytes, user_id: UUID) -> str:
    """64 characters of hex."""
    return hmac.digest(key, user_id.bytes, "sha256").hex()
