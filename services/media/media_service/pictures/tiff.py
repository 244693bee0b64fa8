"""The first directory of a TIFF file (TIFF 6.0), which is also what EXIF is."""

from collections.abc import Iterator
from typing import Literal

UPRIGHT = 1
ORIENTATION, SHORT = 0x0112, 3
ENTRY = 12  # bytes


def orientation(exif: bytes) -> int:
    """How the picture lies, 1 to 8; upright where that is not said or makes no sense."""
    for tag, kind, value in entries(exif.removeprefix(b"Exif\0\0")):
        if tag == ORIENTATION and kind == SHORT and value in range(1, 9):
            return value
    return UPRIGHT


def entries(tiff: bytes) -> Iterator[tuple[int, int, int]]:
    """(tag, type, value) of each entry; the value is that of the first SHORT in it."""
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[first : first + 2], order)
    for at in range(first + 2, min(first + 2 + ENTRY * count, len(tiff) - ENTRY + 1), ENTRY):
        tag, kind, value = (int.from_bytes(tiff[at + skip : at + skip + 2], order) for skip in (0, 2, 8))
        yield tag, kind, value
