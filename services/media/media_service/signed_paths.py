"""Paths that say what they show, and are signed: one path is one answer, and no letter of it can be changed.

``/{root}/{key id}.{asset}.{expiry}.{signature}{tail}``, the signature of the path without it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from chassis.problems import Problem

from media_service.signing import SigningKeys

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATH = re.compile(
    rf"/(?P<root>[a-z])/(?P<key>[0-9a-f]{{8}})\.(?P<asset>{_UUID})\.(?P<expires>0|[1-9][0-9]{{9,10}})"
    r"\.(?P<signature>[A-Za-z0-9_-]{43})(?P<tail>/[a-z0-9:.,/]{1,200})"
)


@dataclass(frozen=True, slots=True)
class SignedPath:
    """What is shown of an asset, as the tail says it, until a moment or for good."""

    root: str
    asset_id: UUID
    expires_at: datetime | None
    tail: str

    def signed(self, keys: SigningKeys) -> str:
        """The path as it is given out."""
        expires = int(self.expires_at.timestamp()) if self.expires_at else 0
        head = f"/{self.root}/{keys.current.id}.{self.asset_id}.{expires}"
        return f"{head}.{keys.current.sign(head + self.tail)}{self.tail}"

    def seconds_left(self, now: datetime) -> int | None:
        """0 when it has ended; None if it holds for good."""
        return None if self.expires_at is None else max(0, int((self.expires_at - now).total_seconds()))

    @classmethod
    def read(cls, path: bytes, keys: SigningKeys) -> Self:
        """What a path as it was sent says; raises Problem 403 unless one of the keys has signed it."""
        match = _PATH.fullmatch(path.decode("latin-1"))
        if match is None or not keys.holds(match["key"], _without_signature(match), match["signature"]):
            raise Problem(403, "signature_invalid", "This address was not signed here, or was changed.")
        expires = int(match["expires"])
        until = datetime.fromtimestamp(expires, UTC) if expires else None
        return cls(match["root"], UUID(match["asset"]), until, match["tail"])


def _without_signature(match: re.Match[str]) -> str:
    return match.string[: match.start("signature") - 1] + match.string[match.end("signature") :]
