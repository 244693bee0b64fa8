"""Keys at rest: AES-256-GCM under a key derived from AUTH_KEY_ENCRYPTION_KEY (NIST SP 800-38D, RFC 5869)."""

import os
from contextlib import suppress

from chassis.problems import Problem
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNING_KEYS = b"broadsheet auth signing keys"
_NONCE = 12  # bytes


class KeyUnreadable(Problem):
    """503: a key was encrypted under another AUTH_KEY_ENCRYPTION_KEY."""

    def __init__(self, kid: str) -> None:
        super().__init__(503, "keys_unavailable", f"The key {kid} cannot be decrypted; check AUTH_KEY_ENCRYPTION_KEY.")


def encrypt(private_key: bytes, *, kid: str, secret: str, purpose: bytes = SIGNING_KEYS) -> bytes:
    """Seal a key; ``kid`` is bound in, so a sealed key cannot be passed off as another.

    What is sealed for one purpose is read for no other: each has a key of its own.
    """
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(secret, purpose).encrypt(nonce, private_key, kid.encode())


def decrypt(sealed: bytes, *, kid: str, secret: str, fallback: str = "", purpose: bytes = SIGNING_KEYS) -> bytes:
    """Open a key that was sealed under the secret, or under the other one where there is one.

    Raises KeyUnreadable if it or its ``kid`` was changed, or the secret is another.
    """
    for each in filter(None, (secret, fallback)):
        with suppress(InvalidTag):
            return _cipher(each, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], kid.encode())
    raise KeyUnreadable(kid)


def _cipher(secret: str, purpose: bytes) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return AESGCM(derived)
