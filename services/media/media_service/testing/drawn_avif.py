"""AVIF files for the tests, put together by hand: encoders write only one order and form of what may be anywhere."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from media_service.pictures.boxes import Box, box, boxes, full_box
from media_service.pictures.heif_items import read_items
from media_service.testing.drawn import encoded

ALPHA = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
Reference = tuple[bytes, int, list[int]]


@dataclass
class Made:
    """An item of a file; its number is its place in the list, from 1 on."""

    kind: bytes
    content: bytes
    properties: Sequence[bytes] = ()
    protection: int = 0


def coded(image: Image.Image, *more: bytes, **options: object) -> Made:
    """An image as an item of pixels, with the properties that its encoder gave it and more."""
    sent = encoded(image, "AVIF", **options)
    meta = next(found for found in boxes(sent, 0, len(sent)) if found.kind == b"meta")
    items = read_items(sent, meta)
    item = items.by_id[items.primary]
    own = [_whole(sent, items.properties[number - 1]) for number, _ in item.properties]
    return Made(b"av01", b"".join(sent[part] for part in item.extents), [*own, *more])


def _whole(data: bytes, found: Box) -> bytes:
    return box(found.kind, data[found.start : found.end])


def size(width: int, height: int) -> bytes:
    return full_box(b"ispe", struct.pack(">II", width, height))


def colours(primaries: int, transfer: int, matrix: int = 6) -> bytes:
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, 0x80))


def grid(width: int, height: int, rows: int, columns: int) -> Made:
    content = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    return Made(b"grid", content, [size(width, height)])


def assembled(  # noqa: PLR0913  named
    items: Sequence[Made],
    *references: Reference,
    first: bytes = b"",
    parts: int = 1,
    method: int = 0,
    essential: int = 0,
    brand: bytes = b"avif",
    file: int = 0,
) -> bytes:
    """A file of which the first item is the picture; contents are in so many parts, in an mdat before or an idat.

    ``file`` is the number of the file that they are said to lie in: 0 for this one.
    """
    head = box(b"ftyp", brand, bytes(4), brand + b"mif1miaf") + first
    content, places = b"", []
    for item in items:
        cuts = [len(item.content) * part // parts for part in range(parts + 1)]
        places.append([(len(content) + start, end - start) for start, end in pairwise(cuts)])
        content += item.content
    held = struct.pack(">I4sQ", 1, b"mdat", 16 + len(content)) + content
    offset = 0 if method else len(head) + 16
    meta = [
        full_box(b"pitm", struct.pack(">I", 1), version=1),
        full_box(b"iref", *[_reference(*reference) for reference in references], version=1),
        _properties(items, essential),
        full_box(b"iinf", struct.pack(">I", len(items)), *_kinds(items), version=1),
        _places(places, offset, method, file),
    ]
    if method:
        return head + full_box(b"meta", *meta, box(b"idat", content))
    return head + held + full_box(b"meta", *meta)


def _reference(kind: bytes, number: int, to: list[int]) -> bytes:
    return box(kind, struct.pack(f">IH{len(to)}I", number, len(to), *to))


def _kinds(items: Sequence[Made]) -> list[bytes]:
    heads = [struct.pack(">IH", number, item.protection) + item.kind for number, item in enumerate(items, 1)]
    return [full_box(b"infe", head, b"named by a camera\0", version=3) for head in heads]


def _properties(items: Sequence[Made], essential: int) -> bytes:
    every = list(dict.fromkeys(one for item in items for one in item.properties))
    entries = b""
    for index, item in enumerate(items, 1):
        entries += struct.pack(">IB", index, len(item.properties))
        entries += bytes(every.index(one) + 1 | 0x80 * essential for one in item.properties)
    ipma = full_box(b"ipma", struct.pack(">I", len(items)), entries, version=1)
    return box(b"iprp", box(b"ipco", *every), ipma)


def _places(places: Sequence[Sequence[tuple[int, int]]], offset: int, method: int, file: int) -> bytes:
    entries = b""
    for number, extents in enumerate(places, 1):
        entries += struct.pack(">IHHQH", number, method, file, offset, len(extents))
        entries += b"".join(struct.pack(">II", *extent) for extent in extents)
    return full_box(b"iloc", b"\x44\x80", struct.pack(">I", len(places)), entries, version=2)
