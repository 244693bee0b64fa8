"""WebP (RFC 9649): the picture, its animation and its colour profile; no other chunks, not inside frames either."""

from collections.abc import Iterator

from media_service.pictures import tiff
from media_service.pictures.icc import clean_profile
from media_service.pictures.layout import (
    FileBytes,
    Layout,
    Limits,
    Piece,
    bounded,
    damaged,
    no_picture,
    stretch,
    truncated,
)
from media_service.pictures.memory import estimate

HEAD, FRAME_HEAD = 8, 16  # bytes of a chunk before its content, and of a frame before its own chunks
RGBA, STILL, ANIMATED = 4, 12, 14  # bytes of a pixel, and what libwebp and libvips hold of one all at once
BITS, ALPHA = {b"VP8 ", b"VP8L"}, {b"ALPH"}
ICC, EXIF_AND_XMP = 0x20, 0x0C  # flags of VP8X
KNOWN_FLAGS = 0x3E & ~EXIF_AND_XMP


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what ends before its declared length or holds no picture."""
    width, height = _size(data)
    limits.check(width, height)
    pieces: list[Piece] = []
    frames = pictures = 0
    profile, orientation = _profile(data), tiff.UPRIGHT
    for kind, start, end in bounded(chunks(data)):
        frames += kind == b"ANMF"
        pictures += kind in BITS | {b"ANMF"}
        limits.check(width, height, frames)
        if kind == b"EXIF":
            orientation = tiff.orientation(data[start:end])
        pieces += _kept(data, kind, slice(start, end), profile)
    if not pictures:
        raise no_picture()
    size = 4 + _length(pieces)
    pieces = [b"RIFF" + size.to_bytes(4, "little") + b"WEBP", *pieces]
    whole = width * height * (ANIMATED if frames else STILL)
    memory = estimate(width, height, pixel=RGBA, whole=whole)
    return Layout(width, height, max(frames, 1), pieces, memory, orientation)


def _size(data: FileBytes) -> tuple[int, int]:
    kind, body = stretch(data, 12, 4), data[20:30]
    if kind == b"VP8X":
        body = stretch(data, 20, 10)
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        sides = int.from_bytes(stretch(data, 26, 4), "little")
        return sides & 0x3FFF, sides >> 16 & 0x3FFF
    if kind == b"VP8L" and body[:1] == b"\x2f":
        sides = int.from_bytes(stretch(data, 21, 4), "little")
        return 1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF)
    raise damaged("it does not begin with a picture")


def chunks(data: FileBytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of each chunk's content."""
    last = 8 + int.from_bytes(stretch(data, 4, 4), "little")
    if last > len(data) + 1:  # some count the byte that evens the last chunk and do not write it
        raise truncated()
    yield from _inside(data, 12, min(last, len(data)))


def _inside(data: FileBytes, at: int, last: int) -> Iterator[tuple[bytes, int, int]]:
    while at < last:
        head = stretch(data, at, HEAD)
        start, length = at + HEAD, int.from_bytes(head[4:], "little")
        if start + length > len(data):
            raise truncated()
        if start + length > last:
            raise damaged("a chunk is longer than what holds it")
        yield head[:4], start, start + length
        at = start + length + length % 2


def _kept(data: FileBytes, kind: bytes, content: slice, profile: bytes | None) -> list[Piece]:
    if kind == b"VP8X":
        flags = data[content.start] & KNOWN_FLAGS & ~(0 if profile else ICC)
        return _chunk(kind, [bytes([flags, 0, 0, 0]), slice(content.start + 4, content.start + 10)])
    if kind == b"ICCP":
        return _chunk(kind, [profile]) if profile else []
    if kind == b"ANIM":
        return _chunk(kind, [stretch(data, content.start, 6)])
    if kind == b"ANMF":
        return _chunk(kind, _frame(data, content))
    return _chunk(kind, [content]) if kind in BITS | ALPHA else []


def _frame(data: FileBytes, content: slice) -> list[Piece]:
    """A frame has a chunk list of its own, in which a place may stand as well as in the file's."""
    pieces: list[Piece] = [stretch(data, content.start, FRAME_HEAD)]
    for kind, start, end in bounded(_inside(data, content.start + FRAME_HEAD, content.stop)):
        if kind in BITS | ALPHA:
            pieces += _chunk(kind, [slice(start, end)])
    return pieces


def _profile(data: FileBytes) -> bytes | None:
    found = next((slice(start, end) for kind, start, end in bounded(chunks(data)) if kind == b"ICCP"), None)
    return clean_profile(data[found]) if found else None


def _chunk(kind: bytes, content: list[Piece]) -> list[Piece]:
    length = _length(content)
    return [kind + length.to_bytes(4, "little"), *content, bytes(length % 2)]


def _length(pieces: list[Piece]) -> int:
    return sum(len(piece) if isinstance(piece, bytes) else piece.stop - piece.start for piece in pieces)
