"""What a file of the corpus is, and what is to come of it."""

from dataclasses import dataclass
from random import Random

from PIL import Image

SEED = 23
NOTE = b"51 28 40 N, noted by a Box Camera"
"""A place, which files say wherever they can, and which nothing that is kept may say."""
EXACT, NEAR, FAR = 0.6, 6.5, 12  # mean levels of 255 by which a rendition may differ from what was drawn


@dataclass(frozen=True, slots=True)
class Taken:
    """The type of what is kept, and what it shows."""

    mime: str
    shows: Image.Image
    within: float = NEAR
    left_out: str = ""
    durations: tuple[int, ...] = ()
    has_profile: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why it is not taken."""

    status: int
    cause: str


@dataclass(frozen=True, slots=True)
class Either:
    """Bits of a sound file were turned: it is taken, or refused with a cause, and never anything else."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A file and its name."""

    name: str
    content: bytes
    outcome: Taken | Refused | Either


def flipped(content: bytes, number: int, bits: int = 4) -> bytes:
    """The file with some bits turned, always the same of a number."""
    chance, changed = Random(SEED + number), bytearray(content)  # noqa: S311  no secret
    for _ in range(bits):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)
