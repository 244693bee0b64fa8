"""WebP (RFC 9649): the picture, its animation and its colour profile; no EXIF, XMP or unknown chunks."""

from collections.abc import Iterator

from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, bounded, damaged, stretch, truncated

KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXIF_AND_XMP = 0b1100  # flags of VP8X


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what ends before its declared length or holds no picture."""
    width, height = _size(data)
    limits.check(width, height)
    pieces: list[Piece] = []
    frames = pictures = 0
    for kind, start, end in bounded(_chunks(data)):
        frames += kind == b"ANMF"
        pictures += kind in {b"VP8 ", b"VP8L", b"ANMF"}
        if kind == b"VP8X":
            pieces += [slice(start, start + 8), bytes([data[start + 8] & ~EXIF_AND_XMP]), slice(start + 9, end)]
        elif kind in KEPT:
            pieces.append(slice(start, end))
        limits.check(width, height, frames)
    if not pictures:
        raise damaged()
    size = 4 + sum(len(piece) if isinstance(piece, bytes) else piece.stop - piece.start for piece in pieces)
    return Layout(width, height, max(frames, 1), [b"RIFF" + size.to_bytes(4, "little") + b"WEBP", *pieces])


def _size(data: FileBytes) -> tuple[int, int]:
    kind, body = stretch(data, 12, 4), stretch(data, 20, 10)
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        sides = int.from_bytes(body[6:10], "little")
        return sides & 0x3FFF, sides >> 16 & 0x3FFF
    if kind == b"VP8L" and body[:1] == b"\x2f":
        sides = int.from_bytes(body[1:5], "little")
        return 1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF)
    raise damaged()


def _chunks(data: FileBytes) -> Iterator[tuple[bytes, int, int]]:
    at, last = 12, 8 + int.from_bytes(stretch(data, 4, 4), "little")
    if last > len(data):
        raise truncated()
    while at < last:
        head = stretch(data, at, 8)
        length = int.from_bytes(head[4:], "little")
        start, at = at, at + 8 + length + length % 2
        if at > last:
            raise damaged()
        yield head[:4], start, at
