"""The chunks that a PNG is made of."""

import zlib
from collections.abc import Iterator

from media_service.pictures.layout import FileBytes, no_picture, truncated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, PALETTE = b"\0", b"\3"  # types of colour; for others than the second PLTE is a suggestion


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk with its length and its sum."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def chunks(data: FileBytes) -> Iterator[tuple[bytes, int, int]]:
    """All up to the end mark, or to where the file ends without one: the decoder tells whether all pixels are there."""
    at, has_pixels = len(SIGNATURE), False
    while at < len(data):
        head = data[at : at + 8]
        start, kind = at, head[4:]
        at += 12 + int.from_bytes(head[:4], "big")
        if at > len(data):
            raise truncated()
        if kind == b"IEND":
            break
        has_pixels |= kind == b"IDAT"
        yield kind, start, at
    if not has_pixels:
        raise no_picture()
