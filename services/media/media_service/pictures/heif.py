"""HEIF files (ISO/IEC 23008-12): the picture, its tiles and its transparency; no notes, thumbnails, depth or gain maps.

The file is made anew of what shows the picture: its parts may lie anywhere in a file, with anything between them.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from chassis.problems import Problem

from media_service.pictures import heif_properties
from media_service.pictures.boxes import boxes
from media_service.pictures.heif_contents import GRID, Coding, Properties, read_contents, tiles_of
from media_service.pictures.heif_items import Item, Items, read_items
from media_service.pictures.heif_writing import Part, written
from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, damaged, no_picture
from media_service.pictures.left_out import ANIMATION, GAIN_MAP, PICTURES
from media_service.pictures.memory import estimate
from media_service.pictures.refusals import Cause, image_refused

MAX_KEPT = 4096  # a picture of 108 megapixels in tiles of 512 by 512 pixels has 420
REFERENCES = (b"dimg", b"auxl", b"prem")
RGBA = 4  # bytes of a pixel
SHOWN, OF_ANOTHER = {GRID, b"av01", b"hvc1"}, {b"auxl", b"thmb"}
NOTHING: list[int] = []


def brands(head: bytes) -> list[bytes]:
    """What a file says it is, the foremost first; nothing for one that does not begin so."""
    if head[4:8] != b"ftyp":
        return []
    names = [head[at : at + 4] for at in range(8, min(int.from_bytes(head[:4], "big"), len(head)) - 3, 4)]
    return names[:1] + names[2:]  # between them is a version


def read(data: FileBytes, limits: Limits, coding: Coding) -> Layout:
    """Refuses what has no still picture, what is not all there, and what would be decoded to more than it says."""
    items = items_of(data)
    kept = _kept(data, items, coding)
    properties = _properties(data, items, kept)
    width, height = _size(properties[items.primary])
    limits.check(width, height)
    sizes = {number: _size(properties[number]) for number in kept}
    contents = read_contents(data, items, properties, sizes, coding)
    shown = heif_properties.shown_size((found for found, _ in properties[items.primary]), width, height)
    is_transparent = len(kept) > len(_with_tiles(items, items.primary, coding))
    pixel = contents.pixel + coding.transparent * is_transparent
    memory = estimate(width, height, pixel=RGBA, whole=width * height * pixel)
    parts = _parts(items, kept, contents.pieces, properties)
    return Layout(*shown, 1, written(coding.brands, parts), memory, left_out=_left_out(data, items))


def items_of(data: FileBytes) -> Items:
    """What the file says of its pictures; refuses one that has none."""
    meta = next((found for found in boxes(data, 0, len(data)) if found.kind == b"meta"), None)
    if meta is None:
        raise no_picture()
    items = read_items(data, meta)
    if items.primary not in items.by_id:
        raise no_picture()
    return items


def _left_out(data: FileBytes, items: Items) -> str:
    """What some screens would show beside the picture."""
    is_bright = any(item.kind == b"tmap" for item in items.by_id.values()) or any(
        heif_properties.tells_gain_map(data, found) for found in items.properties
    )
    return " ".join([GAIN_MAP] * is_bright + [ANIMATION] * _is_moving(data) + [PICTURES] * _has_others(items))


def _has_others(items: Items) -> bool:
    """Whether there are pictures that belong to no other: neither parts nor versions of it, nor said to be such."""
    parts = {tile for one in items.by_id.values() for tile in one.references.get(b"dimg", NOTHING)}
    return any(
        number not in {items.primary, *parts} and one.kind in SHOWN and not one.references.keys() & OF_ANOTHER
        for number, one in items.by_id.items()
    )


def _is_moving(data: FileBytes) -> bool:
    """Whether there is an animation, for which the picture stands; behind the last box may lie anything."""
    with suppress(Problem):
        return any(found.kind == b"moov" for found in boxes(data, 0, len(data)))
    return False


def _parts(
    items: Items, kept: list[int], contents: dict[int, list[Piece]], properties: dict[int, Properties]
) -> list[Part]:
    numbers = {one: number for number, one in enumerate(kept, 1)}
    tiles = {tile for one in kept for tile in tiles_of(items.by_id[one])}
    parts = []
    for one in kept:
        item = items.by_id[one]
        place = item.kind, tuple((extent.start, extent.stop) for extent in item.extents)
        references = list(_references(item, numbers))
        parts.append(Part(item.kind, place, contents[one], properties[one], references, is_hidden=one in tiles))
    return parts


def _references(item: Item, numbers: dict[int, int]) -> Iterator[tuple[bytes, list[int]]]:
    for kind in REFERENCES:
        if to := [numbers[one] for one in item.references.get(kind, NOTHING) if one in numbers]:
            yield kind, to


def _kept(data: FileBytes, items: Items, coding: Coding) -> list[int]:
    """The picture and its tiles, then its transparency and the tiles of that; each once."""
    kept = _with_tiles(items, items.primary, coding)
    masters = set(kept)
    for number, item in items.by_id.items():
        if masters.intersection(item.references.get(b"auxl", NOTHING)) and _is_alpha(data, items, item):
            kept += _with_tiles(items, number, coding)
    kept = list(dict.fromkeys(kept))
    if len(kept) > MAX_KEPT:
        raise image_refused("it is made of too many parts", cause=Cause.SEGMENTS)
    return kept


def _with_tiles(items: Items, number: int, coding: Coding) -> list[int]:
    kept = [number, *tiles_of(items.by_id[number])]
    kinds = [items.by_id[one].kind if one in items.by_id else b"" for one in kept]
    if kinds[0] not in {coding.kind, GRID} or any(kind != coding.kind for kind in kinds[1:]):
        raise image_refused("it is coded in a way that is not known", cause=Cause.CODING)
    return kept


def _is_alpha(data: FileBytes, items: Items, item: Item) -> bool:
    found = (items.properties[number - 1] for number, _ in item.properties if 0 < number <= len(items.properties))
    return any(one.kind == b"auxC" and heif_properties.cleaned(data, one) for one in found)


def _properties(data: FileBytes, items: Items, kept: Sequence[int]) -> dict[int, Properties]:
    """The properties of each item that is kept, cleaned."""
    used = {number for one in kept for number, _ in items.by_id[one].properties if number}
    if used and max(used) > len(items.properties):
        raise damaged("a property is missing")
    clean = {number: heif_properties.cleaned(data, items.properties[number - 1]) for number in used}
    return {one: list(_of_item(items.by_id[one], clean)) for one in kept}


def _of_item(item: Item, clean: dict[int, bytes | None]) -> Properties:
    found = []
    for number, is_essential in item.properties:
        content = clean.get(number, b"")
        if content:
            found.append((content, is_essential))
        elif is_essential and content is None:
            raise image_refused("it has properties that browsers do not know", cause=Cause.CODING)
    return found


def _size(properties: Properties) -> tuple[int, int]:
    return heif_properties.size([found for found, _ in properties])
