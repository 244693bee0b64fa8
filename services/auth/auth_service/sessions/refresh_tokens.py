"""Refresh tokens: an opaque chain of which every link follows from the one before it, for the server alone.

A session starts with a random secret. The secret of the next generation is a keyed hash of the one before, so

- the database needs to hold no more than the generation and the digest of the last link;
- a token used twice gives the *same* successor, though only its digest was stored;
- an old token is told from a forged one by following the chain to its end, so only a real theft ends a session;
- whoever stole one token cannot compute the next without the server.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Self
from uuid import UUID

from auth_service.settings import settings

_ID, _GENERATION = 16, 4  # bytes
_REMEMBERED = 5_000  # generations that an old token is followed: a month of refreshing every ten minutes

_REMEMBERED_OVER_CHANGE = 50  # likewise, where the secret was another one of late: each may be the first of the new


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One link. As text it is unpadded base64url and means nothing to clients."""

    SECRET_BYTES: ClassVar = 32

    session_id: UUID
    generation: int
    secret: bytes

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The token of this text; None if it is not the one canonical spelling of a token."""
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (ValueError, binascii.Error):
            return None
        if len(data) != _ID + _GENERATION + cls.SECRET_BYTES:
            return None
        generation = int.from_bytes(data[_ID : _ID + _GENERATION])
        token = cls(UUID(bytes=data[:_ID]), generation, data[_ID + _GENERATION :])
        return token if str(token) == text else None

    def __str__(self) -> str:
        data = self.session_id.bytes + self.generation.to_bytes(_GENERATION) + self.secret
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def successor(self, key: bytes | None = None) -> Self:
        """The next link; ``key`` is the chain's unless it is said."""
        secret = hmac.digest(key or _chain_keys()[0], self.session_id.bytes + self.secret, "sha256")
        return type(self)(self.session_id, self.generation + 1, secret)

    def digest(self) -> bytes:
        """What is stored. A plain hash does: the secret is random and as long as the hash."""
        return hashlib.sha256(self.secret).digest()

    def later(self, generation: int, digest: bytes) -> Self | None:
        """The link of a later generation, which has this digest; None if this one does not lead to it.

        It is not followed too far. Where AUTH_SECRET_KEY was another one of late, the first links may be of that.
        """
        return next((link for link in self._at(generation) if hmac.compare_digest(link.digest(), digest)), None)

    def _at(self, generation: int) -> Iterator[Self]:
        if not 0 <= generation - self.generation <= _REMEMBERED:
            return
        yield self._led_to(generation)
        if generation - self.generation <= _REMEMBERED_OVER_CHANGE:
            for former in _chain_keys()[1:]:
                link = self
                while link.generation < generation:
                    link = link.successor(former)
                    yield link._led_to(generation)  # noqa: SLF001  of the same class

    def _led_to(self, generation: int) -> Self:
        token = self
        while token.generation < generation:
            token = token.successor()
        return token


@cache
def _chain_keys() -> list[bytes]:
    """The key of now, and the one before it while it counts."""
    secrets = (settings().secret_key, settings().secret_key_fallback)
    return [hmac.digest(each.encode(), b"broadsheet auth refresh tokens", "sha256") for each in secrets if each]
