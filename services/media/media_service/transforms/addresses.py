"""Signed addresses: the path itself says what is signed, and one path is one picture.

``/i/{key id}.{asset}.{expiry}.{signature}/{operations}/{sha}.{format}``, the signature of the path without it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from chassis.problems import Problem

from media_service.signing import SigningKeys

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATH = re.compile(
    rf"/i/(?P<key>[0-9a-f]{{8}})\.(?P<asset>{_UUID})\.(?P<expires>0|[1-9][0-9]{{9,10}})\.(?P<signature>[A-Za-z0-9_-]{{43}})"
    r"/(?P<operations>[a-z0-9:.,]{1,100})/(?P<sha256>[0-9a-f]{64})\.(?P<extension>webp|avif|jpg)"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A picture of an asset, which has this hash, in one form after operations, until a moment or for good."""

    asset_id: UUID
    expires_at: datetime | None
    operations: str
    sha256: str
    extension: str

    def signed(self, keys: SigningKeys) -> str:
        """Its path."""
        head, tail = f"/i/{keys.current.id}.{self.asset_id}.{self._expires}", self._tail
        return f"{head}.{keys.current.sign(head + tail)}{tail}"

    def seconds_left(self, now: datetime) -> int | None:
        """0 when it has ended; None if it holds for good."""
        return None if self.expires_at is None else max(0, int((self.expires_at - now).total_seconds()))

    @property
    def _expires(self) -> int:
        return int(self.expires_at.timestamp()) if self.expires_at else 0

    @property
    def _tail(self) -> str:
        return f"/{self.operations}/{self.sha256}.{self.extension}"


def read(path: bytes, keys: SigningKeys) -> Address:
    """What a path as it was sent stands for; raises Problem 403 unless one of the keys has signed it."""
    match = _PATH.fullmatch(path.decode("latin-1"))
    if match is None or not keys.holds(match["key"], _without_signature(match), match["signature"]):
        raise Problem(403, "signature_invalid", "This address was not signed here, or was changed.")
    expires = int(match["expires"])
    until = datetime.fromtimestamp(expires, UTC) if expires else None
    return Address(UUID(match["asset"]), until, match["operations"], match["sha256"], match["extension"])


def _without_signature(match: re.Match[str]) -> str:
    return match.string[: match.start("signature") - 1] + match.string[match.end("signature") :]
