"""The items of a HEIF file (ISO/IEC 23008-12): what its `meta` box says of pictures, their places and properties."""

from collections import defaultdict
from dataclasses import dataclass, field

from media_service.pictures.boxes import FULL, Box, Fields, boxes, table
from media_service.pictures.layout import FileBytes, bounded, damaged, no_picture, truncated
from media_service.pictures.refusals import Cause, image_refused

MAX_ITEMS = 4096  # a picture of 108 megapixels in tiles of 512 by 512 pixels has 420
IN_FILE, IN_IDAT = 0, 1


@dataclass(slots=True)
class Item:
    """A picture, or what belongs to one. ``properties`` are their numbers from 1 on, and whether each is essential."""

    kind: bytes = b""
    extents: list[slice] = field(default_factory=list)
    properties: list[tuple[int, bool]] = field(default_factory=list)
    references: dict[bytes, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Items:
    """All that is said, whether it makes sense or not."""

    primary: int
    by_id: dict[int, Item]
    properties: list[Box]


def read_items(data: FileBytes, meta: Box) -> Items:
    """Refuses what has no picture, and what is too odd to be read."""
    found = {box.kind: box for box in boxes(data, meta.start + FULL, meta.end)}
    if not found.keys() >= {b"pitm", b"iinf", b"iloc", b"iprp"}:
        raise no_picture()
    version, _, fields = table(data, found[b"pitm"])
    items: dict[int, Item] = defaultdict(Item)
    _read_kinds(data, found[b"iinf"], items)
    _read_extents(data, found[b"iloc"], found.get(b"idat"), items)
    _read_references(data, found.get(b"iref"), items)
    properties = _read_properties(data, found[b"iprp"], items)
    return Items(fields.number(2 if version == 0 else 4), dict(items), properties)


def _read_kinds(data: FileBytes, iinf: Box, items: dict[int, Item]) -> None:
    version, _, _ = table(data, iinf)
    first = iinf.start + FULL + (2 if version == 0 else 4)
    for box in boxes(data, first, iinf.end):
        version, _, fields = table(data, box)
        if box.kind != b"infe" or version not in {2, 3}:
            continue
        item = items[fields.number(2 if version == 2 else 4)]
        is_protected, item.kind = fields.number(2), fields.take(4)
        if is_protected:
            raise image_refused("it is encrypted", cause=Cause.CODING)
        if len(items) > MAX_ITEMS:
            raise image_refused("it is made of too many parts", cause=Cause.SEGMENTS)


def _read_extents(data: FileBytes, iloc: Box, idat: Box | None, items: dict[int, Item]) -> None:
    version, _, fields = table(data, iloc)
    sizes = fields.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if not length:
        raise damaged("parts without a length")
    for _ in bounded(range(fields.number(2 if version < 2 else 4))):
        item = items[fields.number(2 if version < 2 else 4)]
        method = fields.number(2) & 15 if version else IN_FILE
        if fields.number(2):
            raise image_refused("a part of it lies in another file", cause=Cause.CODING)
        first = fields.number(base)
        for _ in range(fields.number(2)):
            fields.take(index if version else 0)
            start = first + fields.number(offset)
            item.extents.append(_place(data, method, idat, start, fields.number(length)))


def _place(data: FileBytes, method: int, idat: Box | None, start: int, length: int) -> slice:
    """Where in the file a part lies; one that leaves it is found out when it is needed."""
    if method == IN_FILE:
        return slice(start, start + length)
    if method == IN_IDAT and idat:
        if idat.start + start + length > idat.end:
            return slice(len(data), len(data) + length)
        return slice(idat.start + start, idat.start + start + length)
    raise image_refused("its parts are stored in a way that browsers do not read", cause=Cause.CODING)


def _read_references(data: FileBytes, iref: Box | None, items: dict[int, Item]) -> None:
    if iref is None:
        return
    version, _, _ = table(data, iref)
    size = 2 if version == 0 else 4
    for box in boxes(data, iref.start + FULL, iref.end):
        fields = Fields(data[box.start : box.end])
        item = items[fields.number(size)]
        item.references[box.kind] = [fields.number(size) for _ in range(fields.number(2))]


def _read_properties(data: FileBytes, iprp: Box, items: dict[int, Item]) -> list[Box]:
    properties: list[Box] = []
    for box in boxes(data, iprp.start, iprp.end):
        if box.kind == b"ipco":
            properties += boxes(data, box.start, box.end)
        elif box.kind == b"ipma":
            _read_associations(data, box, items)
    return properties


def _read_associations(data: FileBytes, ipma: Box, items: dict[int, Item]) -> None:
    version, flags, fields = table(data, ipma)
    size = 2 if flags & 1 else 1
    essential = 1 << 8 * size - 1
    for _ in bounded(range(fields.number(4))):
        item = items[fields.number(2 if version == 0 else 4)]
        for _ in range(fields.number(1)):
            number = fields.number(size)
            item.properties.append((number & ~essential, bool(number & essential)))


def parts_of(data: FileBytes, item: Item) -> list[slice]:
    """Where the content of an item lies; refuses one whose bytes are not all there."""
    if any(part.stop > len(data) for part in item.extents):
        raise truncated()
    if not item.extents:
        raise damaged("a part of the picture is nowhere")
    return item.extents
