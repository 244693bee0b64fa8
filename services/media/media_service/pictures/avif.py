"""AVIF (AOM, v1.1): pixels coded as AV1, of which browsers show the file as it is."""

import struct
from math import ceil

from media_service.pictures import av1, heif
from media_service.pictures.boxes import box
from media_service.pictures.colour import ColourSpace, coded
from media_service.pictures.heif_contents import Coded, Coding, Properties, joined, tiles_of
from media_service.pictures.heif_items import Items
from media_service.pictures.layout import FileBytes, Layout, Limits
from media_service.pictures.refusals import Cause, image_refused

BRANDED = {b"avif", b"avis"}


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what browsers do not show as AVIF, see ``heif``."""
    return heif.read(data, limits, CODING)


def _read_pixels(source: FileBytes, place: slice, _properties: Properties) -> Coded:
    units, sequence = _coded(source, place)
    return Coded(units, (sequence.width, sequence.height), _pixel(sequence))


def _coded(source: FileBytes, place: slice) -> tuple[list[slice], av1.Sequence]:
    """The units that make pixels, and the one header they all have."""
    units: list[slice] = []
    headers: set[bytes] = set()
    for kind, unit, content in av1.units(source, place.start, place.stop):
        if kind == av1.SEQUENCE:
            headers.add(source[content][: av1.SEQUENCE_BYTES])
        if kind == av1.SEQUENCE or kind in av1.FRAMES:
            units.append(unit)
    if len(headers) != 1:
        raise image_refused("there is no picture in the file", cause=Cause.NO_PICTURE)
    return units, av1.sequence(headers.pop())


def _pixel(sequence: av1.Sequence) -> int:
    """Bytes of memory for a pixel: two copies of its samples, one of them libheif's, and what is made of them."""
    samples = 1.0 if sequence.is_monochrome else 1.5 if sequence.is_subsampled else 3.0
    return ceil(12.5 + 2 * samples * (1 if sequence.depth == 8 else 2))


CODING = Coding(b"av01", box(b"ftyp", b"avif", bytes(4), b"avifmif1miaf"), _read_pixels)


def colour_space(data: FileBytes) -> ColourSpace | None:
    """The colour space that code points tell of an AVIF that was found sound; None where a profile does, or nothing.

    Those of the file come before those of its pixels.
    """
    items = heif.items_of(data)
    properties = [items.properties[number - 1] for number, _ in items.by_id[items.primary].properties if number]
    colours = [data[found.start : found.start + 8] for found in properties if found.kind == b"colr"]
    if any(content[:4] == b"prof" for content in colours):
        return None
    if colours:
        return coded(*struct.unpack(">HH", colours[0][4:]))
    return coded(*_code_points(data, items))


def _code_points(data: FileBytes, items: Items) -> tuple[int, int]:
    """Primaries and transfer that the pixels themselves tell, of the picture or of its first tile."""
    first = next(iter(tiles_of(items.by_id[items.primary])), items.primary)
    _, sequence = _coded(*joined(data, items.by_id[first]))
    return sequence.primaries, sequence.transfer
