"""GIF (GIF89a): frames, their timing and the loop count; no comments, plain text or foreign extensions."""

from collections.abc import Iterator
from itertools import count

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

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
LOOPING = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what has no frame, or an end within one; that only the end mark is missing harms nothing."""
    screen = stretch(data, 6, 7)
    width, height = int.from_bytes(screen[0:2], "little"), int.from_bytes(screen[2:4], "little")
    limits.check(width, height)
    first = 13 + _colour_table(screen[4])
    pieces: list[Piece] = [stretch(data, 0, first)]
    frames = 0
    for kind, start, end in bounded(_blocks(data, first)):
        if kind == IMAGE:
            frames += 1
            limits.check(*_reach(data, start, width, height), frames)
            pieces.append(slice(start, end))
        else:
            pieces += _kept_extension(data, start)
    if not frames:
        raise no_picture()
    return Layout(width, height, frames, [*pieces, bytes([TRAILER])])


def _colour_table(packed: int) -> int:
    """Bytes of the table that these flags announce."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _reach(data: FileBytes, start: int, width: int, height: int) -> tuple[int, int]:
    """The size of the canvas that a decoder needs for this frame, which may lie beyond the screen."""
    left, top, wide, high = (int.from_bytes(stretch(data, start + at, 2), "little") for at in (1, 3, 5, 7))
    return max(width, left + wide), max(height, top + high)


def _kept_extension(data: FileBytes, start: int) -> list[Piece]:
    """Timing and loop count as they were meant, without what else their blocks may hold."""
    label = data[start + 1]
    if label == GRAPHIC_CONTROL and data[start + 2] == 4:
        return [data[start : start + 7] + b"\0"]
    if label == APPLICATION and data[start + 3 : start + 14] in LOOPING and data[start + 14 : start + 16] == b"\3\1":
        return [b"\x21\xff\x0bNETSCAPE2.0" + data[start + 14 : start + 18] + b"\0"]
    return []


def _blocks(data: FileBytes, at: int) -> Iterator[tuple[int, int, int]]:
    while at < len(data) and (kind := data[at]) != TRAILER:
        start = at
        if kind == IMAGE:
            at += 10
            at += _colour_table(stretch(data, at - 1, 1)[0]) + 1  # and the minimum code size
        elif kind == EXTENSION:
            at += 2
        else:
            raise damaged("an unknown block stands between its frames")
        at = _after_sub_blocks(data, at)
        yield kind, start, at


def _after_sub_blocks(data: FileBytes, at: int) -> int:
    size = -1
    for _ in bounded(count()):
        if not size:
            break
        if at >= len(data):
            raise truncated()
        size = data[at]
        at += 1 + size
    return at
