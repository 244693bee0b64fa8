"""AVIF (AOM, v1.1): the picture, its tiles and its transparency; no notes, thumbnails or gain maps.

The file is made anew of what shows the picture: its parts may lie anywhere in a file, with anything between them.
"""

import struct
from collections.abc import Iterator, Sequence

from media_service.pictures import avif_contents, heif_properties
from media_service.pictures.avif_contents import CODED, GRID, tiles_of
from media_service.pictures.boxes import box, boxes
from media_service.pictures.colour import ColourSpace, coded
from media_service.pictures.heif_items import Item, Items, read_items
from media_service.pictures.heif_writing import Part, written
from media_service.pictures.jpeg import GAIN_MAP
from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, damaged, no_picture
from media_service.pictures.memory import estimate
from media_service.pictures.refusals import Cause, image_refused

STILL, MOVING = b"avif", b"avis"
BRANDED = {STILL, MOVING}
BRANDS = box(b"ftyp", b"avif", bytes(4), b"avifmif1miaf")
MAX_KEPT = 4096  # a picture of 108 megapixels in tiles of 512 by 512 pixels has 420
REFERENCES = (b"dimg", b"auxl", b"prem")
RGBA = 4  # bytes of a pixel
NOTHING: list[int] = []

Properties = list[tuple[bytes, bool]]


def brands(head: bytes) -> list[bytes]:
    """What a file says it is, the foremost first; nothing for one that does not begin so."""
    if head[4:8] != b"ftyp":
        return []
    names = [head[at : at + 4] for at in range(8, min(int.from_bytes(head[:4], "big"), len(head)) - 3, 4)]
    return names[:1] + names[2:]  # between them is a version


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses animations, what is not all there, and what would be decoded to more than it says."""
    if brands(data[:1024])[0] == MOVING:
        raise image_refused("animations are not taken as AVIF; send it as WebP or GIF", cause=Cause.ANIMATION)
    items = _items(data)
    kept = _kept(data, items)
    properties = _properties(data, items, kept)
    width, height = _size(properties[items.primary])
    limits.check(width, height)
    contents = avif_contents.read_contents(data, items, {number: _size(properties[number]) for number in kept})
    shown = heif_properties.shown_size((found for found, _ in properties[items.primary]), width, height)
    left_out = GAIN_MAP if any(item.kind == b"tmap" for item in items.by_id.values()) else ""
    memory = estimate(width, height, pixel=RGBA, whole=width * height * contents.pixel)
    parts = _parts(items, kept, contents.pieces, properties)
    return Layout(*shown, 1, written(BRANDS, parts), memory, left_out=left_out)


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


def _items(data: FileBytes) -> Items:
    meta = next((found for found in boxes(data, 0, len(data)) if found.kind == b"meta"), None)
    if meta is None:
        raise no_picture()
    items = read_items(data, meta)
    if items.primary not in items.by_id:
        raise no_picture()
    return items


def _kept(data: FileBytes, items: Items) -> list[int]:
    """The picture and its tiles, then its transparency and the tiles of that; each once."""
    kept = _withtiles_of(items, items.primary)
    masters = set(kept)
    for number, item in items.by_id.items():
        if masters.intersection(item.references.get(b"auxl", NOTHING)) and _is_alpha(data, items, item):
            kept += _withtiles_of(items, number)
    kept = list(dict.fromkeys(kept))
    if len(kept) > MAX_KEPT:
        raise image_refused("it is made of too many parts", cause=Cause.SEGMENTS)
    return kept


def _withtiles_of(items: Items, number: int) -> list[int]:
    kept = [number, *tiles_of(items.by_id[number])]
    kinds = [items.by_id[one].kind if one in items.by_id else b"" for one in kept]
    if kinds[0] not in {CODED, GRID} or any(kind != CODED for kind in kinds[1:]):
        raise image_refused("it is coded in a way that browsers do not show", cause=Cause.CODING)
    return kept


def _is_alpha(data: FileBytes, items: Items, item: Item) -> bool:
    found = (items.properties[number - 1] for number, _ in item.properties if 0 < number <= len(items.properties))
    return any(one.kind == b"auxC" and heif_properties.cleaned(data, one) for one in found)


def _properties(data: FileBytes, items: Items, kept: Sequence[int]) -> dict[int, Properties]:
    """Those of each item that is kept, cleaned."""
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


def colour_space(data: FileBytes) -> ColourSpace | None:
    """The colour space that code points tell of an AVIF that was found sound; None where a profile does, or nothing.

    Those of the file come before those of its pixels.
    """
    items = _items(data)
    properties = [items.properties[number - 1] for number, _ in items.by_id[items.primary].properties if number]
    colours = [data[found.start : found.start + 8] for found in properties if found.kind == b"colr"]
    if any(content[:4] == b"prof" for content in colours):
        return None
    if colours:
        return coded(*struct.unpack(">HH", colours[0][4:]))
    return coded(*avif_contents.code_points(data, items))
