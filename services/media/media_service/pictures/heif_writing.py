"""A HEIF file made anew of the items that are kept, in one order and form whatever the sent one had."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from media_service.pictures.boxes import HEAD, box, full_box
from media_service.pictures.layout import Piece

HIDDEN = 1  # flag of an item that is only a part of another
ESSENTIAL = 0x8000


@dataclass(frozen=True, slots=True)
class Part:
    """An item to write. References are to the numbers of other parts, from 1 on; equal places are written once."""

    kind: bytes
    place: object
    content: Sequence[Piece]
    properties: Sequence[tuple[bytes, bool]]
    references: Sequence[tuple[bytes, Sequence[int]]]
    is_hidden: bool


def written(brands: bytes, parts: Sequence[Part]) -> list[Piece]:
    """The pieces of the file; the first part is the picture."""
    contents = {part.place: part.content for part in parts}
    start = len(brands) + len(_meta(parts, dict.fromkeys(contents, (0, 0)))) + HEAD
    places: dict[object, tuple[int, int]] = {}
    for place, content in contents.items():
        places[place] = start, length_of(content)
        start += length_of(content)
    total = sum(length for _, length in places.values())
    mdat = struct.pack(">I4s", HEAD + total, b"mdat")
    return [brands + _meta(parts, places) + mdat, *(piece for content in contents.values() for piece in content)]


def length_of(pieces: Sequence[Piece]) -> int:
    return sum(len(piece) if isinstance(piece, bytes) else piece.stop - piece.start for piece in pieces)


def _meta(parts: Sequence[Part], places: dict[object, tuple[int, int]]) -> bytes:
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", 1)),
        _iloc(parts, places),
        full_box(b"iinf", struct.pack(">H", len(parts)), *_infe(parts)),
        _iref(parts),
        _iprp(parts),
    )


def _iloc(parts: Sequence[Part], places: dict[object, tuple[int, int]]) -> bytes:
    entries = [struct.pack(">HHHII", number, 0, 1, *places[part.place]) for number, part in enumerate(parts, 1)]
    return full_box(b"iloc", b"\x44\0", struct.pack(">H", len(parts)), *entries)


def _infe(parts: Sequence[Part]) -> list[bytes]:
    return [
        full_box(b"infe", struct.pack(">HH", number, 0), part.kind, b"\0", version=2, flags=HIDDEN * part.is_hidden)
        for number, part in enumerate(parts, 1)
    ]


def _iref(parts: Sequence[Part]) -> bytes:
    boxes = [
        box(kind, struct.pack(f">HH{len(to)}H", number, len(to), *to))
        for number, part in enumerate(parts, 1)
        for kind, to in part.references
    ]
    return full_box(b"iref", *boxes) if boxes else b""


def _iprp(parts: Sequence[Part]) -> bytes:
    """Equal properties, such as those of tiles, are written once."""
    numbers: dict[bytes, int] = {}
    entries = []
    for number, part in enumerate(parts, 1):
        own = [(numbers.setdefault(found, len(numbers) + 1), essential) for found, essential in part.properties]
        entries.append(struct.pack(">HB", number, len(own)))
        entries += [struct.pack(">H", index | ESSENTIAL * essential) for index, essential in own]
    ipma = full_box(b"ipma", struct.pack(">I", len(parts)), *entries, flags=1)
    return box(b"iprp", box(b"ipco", *numbers), ipma)
