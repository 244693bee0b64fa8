"""Secrets at rest: AES-256-GCM under a key derived from a secret of the deployment (NIST SP 800-38D, RFC 5869)."""

import os
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes


class SealBroken(ValueError):  # noqa: N818  says what happened
    """What was sealed or its name was changed, or the secret is another than it was sealed with."""


def seal(content: bytes, *, name: str, secret: str, purpose: bytes) -> bytes:
    """Encrypt; ``name`` is bound in, so what is sealed cannot be passed off as another's.

    What is sealed for one purpose is read for no other: each has a key of its own.
    """
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(secret, purpose).encrypt(nonce, content, name.encode())


def unseal(sealed: bytes, *, name: str, secret: str, fallback: str = "", purpose: bytes) -> bytes:
    """Decrypt what was sealed under the secret, or under the other one where there is one; raises SealBroken."""
    for each in filter(None, (secret, fallback)):
        with suppress(InvalidTag):
            return _cipher(each, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
    raise SealBroken(name)


def _cipher(secret: str, purpose: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode()))
