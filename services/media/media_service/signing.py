"""Signatures under addresses: HMAC-SHA256 (RFC 2104) with a key for each purpose, so that none holds for another."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What addresses are signed for; the number goes up when what is signed changes its meaning."""

    TRANSFORMS = "transforms/1"
    LINKS = "links/1"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of one purpose, which may be given to whoever shall sign for it."""

    secret: bytes

    @property
    def id(self) -> str:
        """What a signature names it by."""
        return hashlib.sha256(self.secret).hexdigest()[:8]

    def sign(self, text: str) -> str:
        """43 characters of base64url."""
        digest = hmac.digest(self.secret, text.encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class SigningKeys:
    """The keys of one purpose: the first signs, all are believed."""

    def __init__(self, purpose: Purpose, secrets: Iterable[str]) -> None:
        self._keys = list(_derived(purpose, secrets))

    @property
    def current(self) -> SigningKey:
        return self._keys[0]

    def holds(self, key_id: str, text: str, signature: str) -> bool:
        """Whether a signature is one of ours; takes the same time however much of it is right."""
        key = next((key for key in self._keys if key.id == key_id), None)
        expected = (key or self.current).sign(text)
        return hmac.compare_digest(expected.encode(), signature.encode()) and key is not None


def _derived(purpose: Purpose, secrets: Iterable[str]) -> Iterator[SigningKey]:
    return (SigningKey(hmac.digest(secret.encode(), purpose.encode(), "sha256")) for secret in secrets if secret)
