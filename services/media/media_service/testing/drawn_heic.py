"""HEIC files for the tests, as phones write them and as they do not."""

import struct
from collections.abc import Sequence
from typing import Any

from PIL import Image

from media_service.pictures.boxes import box, full_box
from media_service.testing import drawn_hevc
from media_service.testing.drawn_avif import Made, Reference, assembled, grid
from media_service.testing.drawn_avif import size as ispe

TILE = 512  # pixels, of the tiles of a phone
ALPHA = full_box(b"auxC", b"urn:mpeg:hevc:2015:auxid:1\0")
GAIN_MAP = full_box(b"auxC", b"urn:com:apple:photo:2020:aux:hdrgainmap\0")
DEPTH = full_box(b"auxC", b"urn:mpeg:hevc:2015:auxid:2\0")


def heic(*items: Made, references: Sequence[Reference] = (), **form: Any) -> bytes:
    """A file of which the first item is the picture."""
    return assembled(items, *references, brand=b"heic", **form)


def coded(image: Image.Image, *more: bytes, **options: Any) -> Made:
    """An RGB or grey image as an item of pixels, with its properties and more."""
    found = drawn_hevc.coded(image, **options)
    return Made(b"hvc1", drawn_hevc.content(found), [ispe(*image.size), box(b"hvcC", drawn_hevc.hvcc(found)), *more])


def profiled(profile: bytes) -> bytes:
    """The property that says what colours are by a profile."""
    return box(b"colr", b"prof" + profile)


def turned(quarters: int) -> bytes:
    """The property that turns a picture, anticlockwise."""
    return box(b"irot", bytes([quarters]))


def mirrored(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def cropped(width: int, height: int, right: int, down: int) -> bytes:
    """The property that shows a part: its size, and by how much its middle lies off the whole's."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, right, 1, down, 1))


def transparent(image: Image.Image, alpha: Image.Image | None = None, *references: Reference) -> bytes:
    """A picture with its transparency, or one that shows through from left to right."""
    alpha = alpha or Image.linear_gradient("L").rotate(90).resize(image.size)
    return heic(coded(image), coded(alpha, ALPHA), references=[(b"auxl", 2, [1]), *references])


def in_tiles(image: Image.Image, side: int, *more: bytes) -> bytes:
    """A HEIC as phones write them: a grid of tiles, of which the last reach over the edges."""
    rows, columns = -(-image.height // side), -(-image.width // side)
    places = [(side * column, side * row) for row in range(rows) for column in range(columns)]
    tiles = [coded(image.crop((left, top, left + side, top + side))) for left, top in places]
    whole = _grid(image.size, columns, rows, *more)
    return heic(whole, *tiles, references=[(b"dimg", 1, list(range(2, len(tiles) + 2)))])


def repeated(tile: Made, columns: int, rows: int, *more: bytes, alpha: Made | None = None) -> bytes:
    """A large picture of one tile, quickly made, with transparency of another."""
    side = TILE * columns, TILE * rows
    count = columns * rows
    made = [_grid(side, columns, rows, *more), *[tile] * count]
    references: list[Reference] = [(b"dimg", 1, list(range(2, count + 2)))]
    if alpha:
        made += [_grid(side, columns, rows, ALPHA), *[alpha] * count]
        references += [(b"dimg", count + 2, list(range(count + 3, 2 * count + 3))), (b"auxl", count + 2, [1])]
    return heic(*made, references=references)


def _grid(size: tuple[int, int], columns: int, rows: int, *more: bytes) -> Made:
    whole = grid(*size, rows, columns)
    whole.properties = [*whole.properties, *more]
    return whole
