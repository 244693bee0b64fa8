"""What the items of a HEIF file hold: coded pixels without notes between them, and grids of tiles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from media_service.pictures.boxes import Fields
from media_service.pictures.heif_items import Item, Items, parts_of
from media_service.pictures.layout import FileBytes, Piece, damaged

GRID = b"grid"
GRID_BYTES = 12
ALWAYS = 1 << 20  # pixels a tile may have though the picture has fewer
Size = tuple[int, int]
Properties = list[tuple[bytes, bool]]
"""The properties of an item: each as a box that hides nothing, and whether it is essential."""


class Coded(NamedTuple):
    """What an item of pixels holds: the units that make them, their size, and the bytes its decoder needs of one."""

    units: list[slice]
    size: Size
    pixel: int


class Coding(NamedTuple):
    """How the pixels of a file are coded: the kind of its items, how it begins when it is made anew, and its reader.

    ``transparent`` are the bytes that a pixel takes beside, if the picture is transparent.
    """

    kind: bytes
    brands: bytes
    read: Callable[[FileBytes, slice, Properties], Coded]
    transparent: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """The pieces of each item; ``pixel`` is what the decoder holds of one, in bytes."""

    pieces: dict[int, list[Piece]]
    pixel: int


def tiles_of(item: Item) -> list[int]:
    """The items a grid is made of; none for any other."""
    return item.references.get(b"dimg", []) if item.kind == GRID else []


def read_contents(
    data: FileBytes, items: Items, properties: Mapping[int, Properties], sizes: Mapping[int, Size], coding: Coding
) -> Contents:
    """Refuses what would be decoded to other sizes than it says, by item, or says more than the picture has."""
    width, height = sizes[items.primary]
    _refuse_overlaps(data, [items.by_id[number] for number in sizes])
    pieces: dict[int, list[Piece]] = {}
    pixel = 0
    for number, size in sizes.items():
        item = items.by_id[number]
        source, place = joined(data, item)
        if item.kind == GRID:
            pieces[number] = [_grid(source, place, size, [sizes[tile] for tile in tiles_of(item)])]
        else:
            coded = coding.read(source, place, properties[number])
            if coded.size != size:
                raise damaged("its pixels are of another size than it says")
            pieces[number] = [unit if source is data else source[unit] for unit in coded.units]
            pixel = max(pixel, coded.pixel)
        if size[0] * size[1] > max(width * height, ALWAYS):
            raise damaged("a part of it is larger than the whole")
    return Contents(pieces, pixel)


def joined(data: FileBytes, item: Item) -> tuple[FileBytes, slice]:
    """Where the content of an item lies: in the file, or put together if it is there in several parts."""
    extents = parts_of(data, item)
    if len(extents) == 1:
        return data, extents[0]
    content = b"".join(data[extent] for extent in extents)
    return content, slice(0, len(content))


def _refuse_overlaps(data: FileBytes, kept: list[Item]) -> None:
    """Equal items may share their bytes; other than that no more are read than the file has."""
    places = {tuple((extent.start, extent.stop) for extent in parts_of(data, item)) for item in kept}
    if sum(stop - start for place in places for start, stop in place) > len(data):
        raise damaged("its parts overlap")


def _grid(source: FileBytes, place: slice, size: Size, tiles: Sequence[Size]) -> bytes:
    fields = Fields(source[place.start : min(place.stop, place.start + GRID_BYTES)])
    version, flags = fields.number(1), fields.number(1)
    side = 4 if flags & 1 else 2
    rows, columns = fields.number(1) + 1, fields.number(1) + 1
    width, height = fields.number(side), fields.number(side)
    if version or (width, height) != size or len(tiles) != rows * columns or len(set(tiles)) != 1:
        raise damaged("its tiles do not make the picture")
    wide, high = tiles[0]
    if not (wide * (columns - 1) < width <= wide * columns and high * (rows - 1) < height <= high * rows):
        raise damaged("its tiles do not make the picture")
    head = bytes([0, side == 4, rows - 1, columns - 1])
    return head + width.to_bytes(side, "big") + height.to_bytes(side, "big")
