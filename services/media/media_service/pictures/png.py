"""PNG (W3C PNG, third edition): the picture and what its colours need; no text, EXIF, time or private chunks.

An animated PNG keeps its still picture: its other frames are never decoded here, so they are not kept either.
"""

import zlib
from collections.abc import Iterator

from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, bounded, damaged, stretch, truncated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"pHYs"}


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what does not begin with IHDR or end with IEND, and kept chunks whose checksum is wrong."""
    header = stretch(data, len(SIGNATURE), 16)
    if header[4:8] != b"IHDR":
        raise damaged()
    width, height = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
    limits.check(width, height)
    pieces: list[Piece] = [SIGNATURE]
    for kind, start, end in bounded(_chunks(data)):
        if kind in KEPT:
            _check_sum(data, start, end)
            pieces.append(slice(start, end))
    return Layout(width, height, 1, pieces)


def _chunks(data: FileBytes) -> Iterator[tuple[bytes, int, int]]:
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        head = stretch(data, at, 8)
        start, kind = at, head[4:]
        at += 12 + int.from_bytes(head[:4], "big")
        if at > len(data):
            raise truncated()
        yield kind, start, at


def _check_sum(data: FileBytes, start: int, end: int) -> None:
    with memoryview(data) as view:
        computed = zlib.crc32(view[start + 4 : end - 4])
    if computed.to_bytes(4, "big") != data[end - 4 : end]:
        raise damaged()
