"""Animated PNG (PNG, third edition, 11.3.6): its frames, each as a PNG of its own, for decoders that do not know them.

Where the animation is not sound there is none: the still picture, which every PNG has, is shown in its stead.
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from media_service.pictures import png_chunks as png
from media_service.pictures.layout import FileBytes, Place, bounded
from media_service.pictures.scratch import Scratch

CONTROL, FRAME, PIXELS = b"acTL", b"fcTL", b"fdAT"
CHUNKS = {CONTROL, FRAME, PIXELS}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame and the stretches of the file that are its compressed pixels."""

    place: Place
    pixels: list[slice] = field(default_factory=list)


def frames(data: FileBytes) -> list[Frame]:
    """The frames of a PNG; none if it is a still picture, or its animation is not sound."""
    found: list[Frame] = []
    announced = sequence = 0
    for kind, start, end in bounded(png.chunks(data)):
        content = start + 8
        if kind == CONTROL:
            announced = _number(data, content)
        elif kind in CHUNKS:
            if _number(data, content) != sequence or (kind == PIXELS and not found):
                return []
            sequence += 1
        if kind == FRAME:
            if end - content - 4 != 26:
                return []
            found.append(_frame(data[content + 4 : content + 20]))
        elif kind in {PIXELS, b"IDAT"} and found:
            found[-1].pixels.append(slice(content + 4 * (kind == PIXELS), end - 4))
    size = struct.unpack(">II", data[16:24])
    is_sound = announced == len(found) and all(frame.pixels and frame.place.is_within(*size) for frame in found)
    return found if is_sound else []


def stills(file: IO[bytes], scratch: Scratch) -> Iterator[tuple[Place, IO[bytes]]]:
    """Each frame as a PNG with the colours of the whole, in a file that lasts until the next."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for frame in frames(data):
            with scratch.file() as still:
                still.writelines(_still(data, frame))
                still.flush()
                yield frame.place, still


def _still(data: FileBytes, frame: Frame) -> Iterator[bytes]:
    yield png.SIGNATURE
    has_pixels = False
    for kind, start, end in png.chunks(data):
        if kind == b"IHDR":
            size = struct.pack(">II", frame.place.width, frame.place.height)
            yield png.chunk(kind, size + data[start + 16 : end - 4])
        elif kind == b"IDAT" and not has_pixels:
            yield from (png.chunk(kind, data[stretch]) for stretch in frame.pixels)
            has_pixels = True
        elif kind not in CHUNKS | {b"IDAT"}:
            yield data[start:end]
    yield png.chunk(b"IEND", b"")


def _frame(content: bytes) -> Frame:
    width, height, left, top = struct.unpack(">4I", content)
    return Frame(Place(left, top, width, height))


def _number(data: FileBytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
