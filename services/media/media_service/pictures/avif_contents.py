"""What the items of an AVIF file hold: coded pixels without notes between them, and grids of tiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from media_service.pictures import av1
from media_service.pictures.boxes import Fields
from media_service.pictures.heif_items import Item, Items, parts_of
from media_service.pictures.layout import FileBytes, Piece, damaged
from media_service.pictures.refusals import Cause, image_refused

CODED, GRID = b"av01", b"grid"
GRID_BYTES = 12
ALWAYS = 1 << 20  # pixels a tile may have though the picture has fewer
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Contents:
    """The pieces of each item; ``pixel`` is what the decoder holds of one, in bytes."""

    pieces: dict[int, list[Piece]]
    pixel: int


def tiles_of(item: Item) -> list[int]:
    """The items a grid is made of; none for any other."""
    return item.references.get(b"dimg", []) if item.kind == GRID else []


def read_contents(data: FileBytes, items: Items, sizes: Mapping[int, Size]) -> Contents:
    """Refuses what would be decoded to other sizes than it says, by item, or says more than the picture has."""
    width, height = sizes[items.primary]
    _refuse_overlaps(data, [items.by_id[number] for number in sizes])
    pieces: dict[int, list[Piece]] = {}
    pixel = 0
    for number, size in sizes.items():
        item = items.by_id[number]
        if item.kind == GRID:
            pieces[number] = [_grid(data, item, size, [sizes[tile] for tile in tiles_of(item)])]
        else:
            pieces[number], sequence = _coded(data, item)
            if (sequence.width, sequence.height) != size:
                raise damaged("its pixels are of another size than it says")
            pixel = max(pixel, _pixel(sequence))
        if size[0] * size[1] > max(width * height, ALWAYS):
            raise damaged("a part of it is larger than the whole")
    return Contents(pieces, pixel)


def _refuse_overlaps(data: FileBytes, kept: list[Item]) -> None:
    """Equal items may share their bytes; other than that no more are read than the file has."""
    places = {tuple((extent.start, extent.stop) for extent in parts_of(data, item)) for item in kept}
    if sum(stop - start for place in places for start, stop in place) > len(data):
        raise damaged("its parts overlap")


def _pixel(sequence: av1.Sequence) -> int:
    """Bytes of memory for a pixel: two copies of its samples, one of them libheif's, and what is made of them."""
    samples = 1.0 if sequence.is_monochrome else 1.5 if sequence.is_subsampled else 3.0
    return ceil(12.5 + 2 * samples * (1 if sequence.depth == 8 else 2))


def _joined(data: FileBytes, item: Item) -> tuple[FileBytes, slice]:
    """Where the content of an item lies: in the file, or put together if it is there in several parts."""
    extents = parts_of(data, item)
    if len(extents) == 1:
        return data, extents[0]
    content = b"".join(data[extent] for extent in extents)
    return content, slice(0, len(content))


def _coded(data: FileBytes, item: Item) -> tuple[list[Piece], av1.Sequence]:
    """The units that make pixels, and the one header they all have."""
    source, place = _joined(data, item)
    pieces: list[Piece] = []
    headers: set[bytes] = set()
    for kind, unit, content in av1.units(source, place.start, place.stop):
        if kind == av1.SEQUENCE:
            headers.add(source[content][: av1.SEQUENCE_BYTES])
        if kind == av1.SEQUENCE or kind in av1.FRAMES:
            pieces.append(unit if source is data else source[unit])
    if len(headers) != 1:
        raise image_refused("there is no picture in the file", cause=Cause.NO_PICTURE)
    return pieces, av1.sequence(headers.pop())


def _grid(data: FileBytes, item: Item, size: Size, tiles: list[Size]) -> bytes:
    source, place = _joined(data, item)
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


def code_points(data: FileBytes, items: Items) -> tuple[int, int]:
    """Primaries and transfer that the pixels themselves tell, of the picture or of its first tile."""
    first = next(iter(tiles_of(items.by_id[items.primary])), items.primary)
    _, sequence = _coded(data, items.by_id[first])
    return sequence.primaries, sequence.transfer
