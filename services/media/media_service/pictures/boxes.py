"""Boxes of the ISO base media file format (ISO/IEC 14496-12): a length, a kind and a content, which may be boxes."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from media_service.pictures.layout import FileBytes, bounded, damaged, stretch, truncated

HEAD, FULL = 8, 4  # bytes before a content, and of version and flags where it has these
MOST = 1 << 20  # bytes of a table; those of a picture of a thousand tiles have some 50,000


class Box(NamedTuple):
    """A box; start and end are of its content."""

    kind: bytes
    start: int
    end: int


class Fields:
    """The numbers and texts of a content, one after the other; refuses what ends within one."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, size: int) -> bytes:
        taken = self._content[self._at : self._at + size]
        if len(taken) != size:
            raise damaged("a table ends too early")
        self._at += size
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def boxes(data: FileBytes, start: int, end: int) -> Iterator[Box]:
    """The boxes of a stretch; refuses one that is longer than what holds it."""
    yield from bounded(_boxes(data, start, end))


def _boxes(data: FileBytes, at: int, last: int) -> Iterator[Box]:
    while at < last:
        length, kind = struct.unpack(">I4s", stretch(data, at, HEAD))
        start = at + HEAD
        if length == 1:
            length, start = int.from_bytes(stretch(data, start, 8), "big"), start + 8
        end = at + length if length else last
        if end < start:
            raise damaged("a box is shorter than its head")
        if end > last:
            raise truncated() if last == len(data) else damaged("a box is longer than what holds it")
        yield Box(kind, start, end)
        at = end


def table(data: FileBytes, box: Box) -> tuple[int, int, Fields]:
    """Version, flags and what follows of a full box that is to be read whole."""
    if box.end - box.start > MOST:
        raise damaged("a table is absurdly long")
    fields = Fields(stretch(data, box.start, box.end - box.start))
    return fields.number(1), fields.number(3), fields


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return struct.pack(">I", HEAD + len(content)) + kind + content


def full_box(kind: bytes, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *contents)
