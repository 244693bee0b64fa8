"""HEVC (ITU-T H.265, ISO/IEC 14496-15): what a picture's units say before a pixel is decoded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from media_service.pictures.bits import Bits
from media_service.pictures.boxes import Fields
from media_service.pictures.layout import FileBytes, bounded, damaged

HEAD = 22  # bytes of a configuration before its units
SEQUENCE, PARAMETERS = 33, (32, 33, 34)
SLICES = range(32)  # a unit's kinds; others say again what the configuration does, or hold notes
MAX_SETS, MOST = 64, 4096  # parameter sets, and bytes of one, which has some hundred
MONOCHROME, SUBSAMPLED, HALF_WIDTH = 0, 1, 2  # chroma_format_idc


@dataclass(frozen=True, slots=True)
class Sequence:
    """The sequence parameter set: the size of the picture that is shown, and how its colours are stored."""

    width: int
    height: int
    depth: int
    chroma: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """The decoder's configuration: bytes of the length before each unit, and parameter sets by their kinds."""

    head: bytes
    sets: list[tuple[int, bytes]]

    @property
    def length_size(self) -> int:
        return 1 + (self.head[-1] & 3)

    def sequences(self) -> list[Sequence]:
        return [sequence(unit) for kind, unit in self.sets if kind == SEQUENCE]

    def content(self) -> bytes:
        """The configuration with its parameter sets and nothing else."""
        units = [struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, unit in self.sets]
        return self.head + bytes([len(units)]) + b"".join(units)


def configuration(content: bytes) -> Configuration:
    """Read the content of an hvcC; refuses one that is too long to be one."""
    fields = Fields(content)
    head = fields.take(HEAD)
    sets = []
    for _ in range(fields.number(1)):
        kind = fields.number(1) & 63
        for _ in bounded(range(fields.number(2))):
            unit = fields.take(fields.number(2))
            if kind in PARAMETERS:
                sets.append((kind, unit))
    if len(sets) > MAX_SETS or any(len(unit) > MOST for _, unit in sets):
        raise damaged("its configuration is absurdly long")
    return Configuration(head, sets)


def units(data: FileBytes, place: slice, length_size: int) -> Iterator[tuple[int, slice]]:
    """(kind, the unit with its length) of each unit; kind -1 for what belongs to another layer."""
    yield from bounded(_units(data, place.start, place.stop, length_size))


def _units(data: FileBytes, at: int, end: int, length_size: int) -> Iterator[tuple[int, slice]]:
    while at < end:
        start = at + length_size
        length = int.from_bytes(data[at : min(start, end)], "big")
        if length < 2 or start + length > end:
            raise damaged("a unit of its pixels is longer than what holds it")
        is_of_base = not (data[start] & 1 or data[start + 1] >> 3)
        yield data[start] >> 1 & 63 if is_of_base else -1, slice(at, start + length)
        at = start + length


def sequence(unit: bytes) -> Sequence:
    """Read a sequence parameter set (7.3.2.2)."""
    bits = Bits(unit[2:].replace(b"\0\0\3", b"\0\0"))
    bits.take(4)
    layers = bits.take(3)
    bits.take(1)
    _pass_over_levels(bits, layers)
    bits.variable()
    chroma = bits.variable()
    if chroma > HALF_WIDTH:
        bits.take(1)
    width, height = bits.variable(), bits.variable()
    if bits.take(1):  # what is shown of it
        left, right, top, bottom = (bits.variable() for _ in range(4))
        width -= (left + right) * (2 if chroma in {SUBSAMPLED, HALF_WIDTH} else 1)
        height -= (top + bottom) * (2 if chroma == SUBSAMPLED else 1)
    return Sequence(width, height, 8 + max(bits.variable(), bits.variable()), chroma)


def _pass_over_levels(bits: Bits, layers: int) -> None:
    """profile_tier_level (7.3.3)."""
    bits.take(96)
    if layers:
        told = [(bits.take(1), bits.take(1)) for _ in range(8)]
        for has_profile, has_level in told[:layers]:
            bits.take(88 * has_profile + 8 * has_level)
