"""AV1 (AV1 Bitstream & Decoding Process Specification, 5): what a picture's units say before a pixel is decoded."""

from collections.abc import Iterator
from dataclasses import dataclass

from media_service.pictures.bits import Bits
from media_service.pictures.layout import FileBytes, bounded, damaged

SEQUENCE, FRAMES = 1, {2, 3, 4, 6, 7}  # a unit's kinds; others hold notes, time codes and padding
SEQUENCE_BYTES = 1024  # a sequence header has some ten
UNSPECIFIED = 2
SRGB_IDENTITY = (1, 13, 0)  # code points with which colours are stored as red, green and blue


@dataclass(frozen=True, slots=True)
class Sequence:
    """The sequence header: the largest size of a frame, and how its colours are stored (ITU-T H.273)."""

    width: int
    height: int
    depth: int
    is_monochrome: bool
    is_subsampled: bool
    primaries: int
    transfer: int


def units(data: FileBytes, start: int, end: int) -> Iterator[tuple[int, slice, slice]]:
    """(kind, the whole unit, its content) of each open bitstream unit."""
    yield from bounded(_units(data, start, end))


def _units(data: FileBytes, at: int, end: int) -> Iterator[tuple[int, slice, slice]]:
    while at < end:
        head = data[at]
        content = at + (2 if head & 4 else 1)
        length = end - content
        if head & 2:
            length, content = _leb128(data[content : min(content + 8, end)], content)
        if head & 0x80 or length < 0 or content + length > end:
            raise damaged("a unit of its pixels is longer than what holds it")
        yield head >> 3 & 15, slice(at, content + length), slice(content, content + length)
        at = content + length


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next thing does."""
    number = 0
    for place, byte in enumerate(data):
        number |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return number, at + place + 1
    raise damaged("a length of its pixels has no end")


def sequence(content: bytes) -> Sequence:
    """Read the header of a sequence (5.5)."""
    bits = Bits(content[:SEQUENCE_BYTES])
    profile, _still, is_reduced = bits.take(3), bits.take(1), bits.take(1)
    if is_reduced:
        bits.take(5)
    else:
        _pass_over_timing(bits)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    width, height = bits.take(width_bits) + 1, bits.take(height_bits) + 1
    _pass_over_tools(bits, is_reduced=bool(is_reduced))
    depth, is_monochrome, codes, is_subsampled = _colours(bits, profile)
    return Sequence(width, height, depth, is_monochrome, is_subsampled, *codes)


def _pass_over_timing(bits: Bits) -> None:
    model = 0
    if bits.take(1):
        bits.take(64)
        if bits.take(1):
            bits.variable()
        if bits.take(1):  # a model of the decoder
            model = bits.take(5) + 1
            bits.take(42)
    has_delay = bits.take(1)
    for _ in range(bits.take(5) + 1):  # operating points
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if model and bits.take(1):
            bits.take(2 * model + 1)
        if has_delay and bits.take(1):
            bits.take(4)


def _pass_over_tools(bits: Bits, *, is_reduced: bool) -> None:
    if not is_reduced and bits.take(1):
        bits.take(7)  # lengths of frame numbers
    bits.take(3)
    if not is_reduced:
        bits.take(4)
        if bits.take(1):  # an order of frames
            bits.take(2)
            _pass_over_screen_tools(bits)
            bits.take(3)
        else:
            _pass_over_screen_tools(bits)
    bits.take(3)


def _pass_over_screen_tools(bits: Bits) -> None:
    chosen = bits.take(1) or bits.take(1)
    if chosen and not bits.take(1):
        bits.take(1)


def _colours(bits: Bits, profile: int) -> tuple[int, bool, tuple[int, int], bool]:
    """Depth, whether there is no colour, primaries and transfer, and whether colour has fewer pixels (5.5.2)."""
    is_high = bits.take(1)
    depth = 12 if profile == 2 and is_high and bits.take(1) else 10 if is_high else 8
    is_monochrome = bool(profile != 1 and bits.take(1))
    codes = (bits.take(8), bits.take(8), bits.take(8)) if bits.take(1) else (UNSPECIFIED,) * 3
    if is_monochrome:
        return depth, True, codes[:2], True
    if codes == SRGB_IDENTITY:
        return depth, False, codes[:2], False
    bits.take(1)
    is_subsampled = profile == 0 or (profile == 2 and (depth < 12 or bool(bits.take(1))))
    return depth, False, codes[:2], is_subsampled
