"""Personal access tokens: ``bsp_`` and, in base64url, 256 random bits and a checksum (CRC-32).

Auth makes them and keeps their digests; the gateway has them exchanged for access tokens. By the checksum a token that
was mistyped or made up is told without asking anybody; it keeps no secret.
"""

import base64
import hashlib
import os
import re
import zlib

PREFIX = "bsp_"
_RANDOM_BYTES = 32
_FORM = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{48}}", re.ASCII)  # 36 bytes, so there is one spelling and no padding


def personal_token() -> str:
    """A new one."""
    secret = os.urandom(_RANDOM_BYTES)
    return PREFIX + base64.urlsafe_b64encode(secret + _checksum(secret)).decode()


def is_well_formed(text: str) -> bool:
    """Whether it may be one: its form and checksum are right."""
    if not _FORM.fullmatch(text):
        return False
    data = base64.urlsafe_b64decode(text.removeprefix(PREFIX))
    return data[_RANDOM_BYTES:] == _checksum(data[:_RANDOM_BYTES])


def digest(text: str) -> bytes:
    """What is kept of it: its SHA-256. A plain hash does, for nobody guesses 256 random bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _checksum(secret: bytes) -> bytes:
    return zlib.crc32(secret).to_bytes(4)
