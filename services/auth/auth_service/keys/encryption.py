"""Keys at rest, under AUTH_KEY_ENCRYPTION_KEY."""

from chassis.problems import Problem
from chassis.sealing import SealBroken, seal, unseal

SIGNING_KEYS = b"broadsheet auth signing keys"


class KeyUnreadable(Problem):
    """503: a key was encrypted under another AUTH_KEY_ENCRYPTION_KEY."""

    def __init__(self, kid: str) -> None:
        super().__init__(503, "keys_unavailable", f"The key {kid} cannot be decrypted; check AUTH_KEY_ENCRYPTION_KEY.")


def encrypt(private_key: bytes, *, kid: str, secret: str, purpose: bytes = SIGNING_KEYS) -> bytes:
    """Seal a key of this ``kid``."""
    return seal(private_key, name=kid, secret=secret, purpose=purpose)


def decrypt(sealed: bytes, *, kid: str, secret: str, fallback: str = "", purpose: bytes = SIGNING_KEYS) -> bytes:
    """Open a key that was sealed under the secret, or under the other one where there is one.

    Raises KeyUnreadable if it or its ``kid`` was changed, or the secret is another.
    """
    try:
        return unseal(sealed, name=kid, secret=secret, fallback=fallback, purpose=purpose)
    except SealBroken:
        raise KeyUnreadable(kid) from None
