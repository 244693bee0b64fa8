"""Properties of the items of a HEIF file: those that show a picture, to the byte; no others."""

from collections.abc import Callable, Iterable
from fractions import Fraction

from media_service.pictures import hevc
from media_service.pictures.boxes import Box, box
from media_service.pictures.icc import clean_profile
from media_service.pictures.layout import FileBytes, damaged, stretch

ALPHA = {b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"}
APPLE_GAIN_MAP = b"urn:com:apple:photo:2020:aux:hdrgainmap"
NCLX = 11  # bytes of a colr with code points
RANGE = 0x80  # the only bit in use of the last of them
MOST = 256  # bytes of any property but a profile and the next
MOST_OF_HEVC = 65_536  # bytes of a configuration
LENGTHS = {b"ispe": 12, b"pasp": 8, b"clap": 32, b"av1C": 4, b"clli": 4, b"mdcv": 24}
SIDEWAYS = 1


def cleaned(data: FileBytes, found: Box) -> bytes | None:
    """The property as a box, with nothing hidden in it; None for one that is not known, empty if it says nothing."""
    if found.kind == b"colr":
        content = _colours(data, found)
    elif found.kind == b"hvcC":
        content = hevc.configuration(stretch(data, found.start, min(found.end - found.start, MOST_OF_HEVC))).content()
    elif found.kind in LENGTHS:
        content = _stretch(data, found, LENGTHS[found.kind])
    elif clean := CLEANED.get(found.kind):
        content = clean(data[found.start : min(found.end, found.start + MOST)])
    else:
        return None
    return box(found.kind, content) if content else b""


def tells_gain_map(data: FileBytes, found: Box) -> bool:
    """Whether the item with this property makes another one brighter on screens that can."""
    return found.kind == b"auxC" and data[found.start : min(found.end, found.start + MOST)].startswith(
        APPLE_GAIN_MAP, 4
    )


def _stretch(data: FileBytes, found: Box, length: int) -> bytes:
    if found.end - found.start < length:
        raise damaged("a property is too short")
    return stretch(data, found.start, length)


def _colours(data: FileBytes, found: Box) -> bytes:
    kind = data[found.start : found.start + 4]
    if kind == b"nclx":
        codes = _stretch(data, found, NCLX)
        return codes[:-1] + bytes([codes[-1] & RANGE])
    profile = clean_profile(data[found.start + 4 : found.end]) if kind in {b"prof", b"rICC"} else None
    return b"prof" + profile if profile else b""


def _depths(content: bytes) -> bytes:
    count = content[4] if len(content) > 4 else 0
    return bytes(4) + content[4 : 5 + count] if 0 < count <= 4 else b""


def _kind_of_auxiliary(content: bytes) -> bytes:
    name = content[4:].partition(b"\0")[0]
    return bytes(4) + name + b"\0" if name in ALPHA else b""


def _flags(most: int) -> Callable[[bytes], bytes]:
    return lambda content: bytes([content[0] & most]) if content else b""


CLEANED: dict[bytes, Callable[[bytes], bytes]] = {
    b"pixi": _depths,
    b"auxC": _kind_of_auxiliary,
    b"irot": _flags(3),
    b"imir": _flags(1),
}


def size(properties: Iterable[bytes]) -> tuple[int, int]:
    """The size that cleaned properties give an item before it is cropped and turned; 0, 0 where none does."""
    sizes = (found[12:20] for found in properties if found[4:8] == b"ispe")
    found = next(sizes, bytes(8))
    return _number(found[:4]), _number(found[4:])


def shown_size(properties: Iterable[bytes], width: int, height: int) -> tuple[int, int]:
    """The size that is left when it is cropped and turned, in the order in which that is told."""
    for found in properties:
        kind, content = found[4:8], found[8:]
        if kind == b"clap":
            wide, high = (_sides(content[at : at + 8]) for at in (0, 8))
            if not (1 <= wide <= width and 1 <= high <= height):
                raise damaged("it is cropped to more than there is")
            width, height = wide, high
        elif kind == b"irot" and content[0] & SIDEWAYS:
            width, height = height, width
    return width, height


def _sides(content: bytes) -> int:
    numerator, denominator = _number(content[:4]), _number(content[4:])
    side = Fraction(numerator, denominator) if denominator else Fraction(1, 2)
    if side.denominator != 1:
        raise damaged("it is cropped to a part of a pixel")
    return int(side)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
