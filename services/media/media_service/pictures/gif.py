"""GIF (GIF89a): frames, their timing and the loop count; no comments, plain text or foreign extensions."""

import struct
from collections.abc import Iterator
from itertools import count

from media_service.pictures.layout import (
    FileBytes,
    Layout,
    Limits,
    Piece,
    Place,
    bounded,
    damaged,
    no_picture,
    stretch,
    truncated,
)
from media_service.pictures.memory import estimate

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
RGBA, CANVASES = 4, 3  # bytes of a pixel; the picture so far, as it was before a frame, and as libvips has it
LOOPING = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what has no frame, or an end within one; that only the end mark is missing harms nothing."""
    screen = stretch(data, 6, 7)
    width, height = int.from_bytes(screen[0:2], "little"), int.from_bytes(screen[2:4], "little")
    limits.check(max(width, 1), max(height, 1))  # the first frame may be larger
    first = 13 + _colour_table(screen[4])
    pieces: list[Piece] = [stretch(data, 0, first)]
    frames, reach = 0, (width, height)
    for kind, start, end in bounded(_blocks(data, first)):
        if kind == IMAGE:
            frames += 1
            reach = _reach(_place(data, start), *reach)
            limits.check(*reach, frames)
            width, height = reach if frames == 1 else (width, height)
            pieces.append(slice(start, end))
        else:
            pieces += _kept_extension(data, start)
    if not frames:
        raise no_picture()
    memory = estimate(reach[0], reach[1], pixel=RGBA, whole=reach[0] * reach[1] * CANVASES * RGBA)
    return Layout(width, height, frames, [*pieces, bytes([TRAILER])], memory)


def _colour_table(packed: int) -> int:
    """Bytes of the table that these flags announce."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def first_place(data: FileBytes) -> Place:
    """Where the first frame of a GIF that was found sound lies."""
    first = 13 + _colour_table(data[10])
    return next(_place(data, start) for kind, start, _ in _blocks(data, first) if kind == IMAGE)


def _place(data: FileBytes, start: int) -> Place:
    left, top, width, height = struct.unpack("<4H", stretch(data, start + 1, 8))
    return Place(left, top, width, height)


def _reach(place: Place, width: int, height: int) -> tuple[int, int]:
    """The size of the canvas that a decoder needs for this frame; browsers make the screen as large for the first."""
    return max(width, place.left + place.width), max(height, place.top + place.height)


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
