"""Addresses of pictures after operations: ``/i/…/{operations}/{sha}.{format}``, see ``signed_paths``."""

import re
from dataclasses import dataclass
from typing import Self

ROOT = "i"
_TAIL = re.compile(r"/(?P<operations>[a-z0-9:.,]+)/(?P<sha256>[0-9a-f]{64})\.(?P<extension>webp|avif|jpg)")


@dataclass(frozen=True, slots=True)
class Tail:
    """What is done to the picture that has this hash, and the form that comes of it."""

    operations: str
    sha256: str
    extension: str

    def __str__(self) -> str:
        return f"/{self.operations}/{self.sha256}.{self.extension}"

    @classmethod
    def read(cls, tail: str) -> Self | None:
        """None for what none of us writes, though it be signed."""
        match = _TAIL.fullmatch(tail)
        return cls(**match.groupdict()) if match else None
