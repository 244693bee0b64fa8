"""Pictures coded as HEVC (ITU-T H.265) for the tests: no library that may be used here writes it.

Samples stand as they are (pcm), each block of 16 by 16 pixels in a slice of its own, so that nothing is predicted and
arithmetic coding always begins anew: what it writes is the same two constants for every block.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

BLOCK = 16
VPS, SPS, PPS, IDR = 32, 33, 34, 19
STILL_PICTURE, RANGE_EXTENSIONS = 3, 4  # profiles: 4:2:0 with 8 bits, and whatever else
LEVEL = 180  # 6.0, times 30
SRGB, BT_601 = (1, 13), 6
RAW_BLOCK = "100001101"
"""A coding unit of one part (part_mode, at its first state), which is pcm (pcm_flag), and the end of a stretch."""
LAST_BLOCK = "111111101"
"""The end of the slice (end_of_slice_segment_flag), and its stop bit."""


class Coded(NamedTuple):
    """The parameter sets, by their kinds, and the slices; width and height are of the picture that is shown."""

    sets: dict[int, bytes]
    slices: list[bytes]
    width: int
    height: int
    chroma: int
    depth: int


def coded(image: Image.Image, *, subsampling: bool = True, depth: int = 8, points: tuple[int, int] = SRGB) -> Coded:
    """An RGB or grey image, in full range, with its code points of primaries and transfer."""
    chroma = 0 if image.mode == "L" else 1 if subsampling else 3
    wide, high = (-(-side // BLOCK) * BLOCK for side in image.size)
    planes = _planes(_extended(image, wide, high), chroma)
    sets = {VPS: _vps(chroma, depth), SPS: _sps(image.size, (wide, high), chroma, depth) + _told(*points), PPS: _pps()}
    slices = [_slice(planes, number, wide, high, depth) for number in range(wide // BLOCK * (high // BLOCK))]
    return Coded({kind: _unit(kind, bits) for kind, bits in sets.items()}, slices, *image.size, chroma, depth)


def hvcc(found: Coded) -> bytes:
    """The decoder's configuration (ISO/IEC 14496-15), with lengths of four bytes before each unit."""
    head = bytes([1, _profile(found.chroma, found.depth)]) + struct.pack(">I", 0x60000000) + bytes(6) + bytes([LEVEL])
    head += b"\xf0\0\xfc" + bytes([0xFC | found.chroma, *[0xF8 | found.depth - 8] * 2]) + b"\0\0\x0f"
    sets = [struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, unit in found.sets.items()]
    return head + bytes([len(sets)]) + b"".join(sets)


def content(found: Coded) -> bytes:
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in found.slices)


def _extended(image: Image.Image, width: int, height: int) -> Image.Image:
    """To whole blocks; what is beyond the edge is cropped when it is shown."""
    whole = Image.new(image.mode, (width, height))
    whole.paste(image)
    return whole


def _planes(image: Image.Image, chroma: int) -> list[Image.Image]:
    if chroma == 0:
        return [image]
    planes = list(image.convert("YCbCr").split())
    return planes if chroma == 3 else [planes[0], *(plane.reduce(2) for plane in planes[1:])]


def _profile(chroma: int, depth: int) -> int:
    return STILL_PICTURE if (chroma, depth) == (1, 8) else RANGE_EXTENSIONS


def _u(value: int, bits: int) -> str:
    return f"{value:0{bits}b}"


def _ue(*values: int) -> str:
    """Each as an Exp-Golomb code."""
    return "".join("0" * (len(f"{value + 1:b}") - 1) + f"{value + 1:b}" for value in values)


def _tier(chroma: int, depth: int) -> str:
    return _u(_profile(chroma, depth), 8) + _u(0x60000000, 32) + "0" * 48 + _u(LEVEL, 8)


def _vps(chroma: int, depth: int) -> str:
    head = "0000" + "11" + "000000" + "000" + "1" + "1" * 16
    return head + _tier(chroma, depth) + "1" + _ue(0, 0, 0) + "000000" + _ue(0) + "00"


def _sps(shown: tuple[int, int], whole: tuple[int, int], chroma: int, depth: int) -> str:
    bits = "0000" + "000" + "1" + _tier(chroma, depth) + _ue(0, chroma) + ("0" if chroma == 3 else "") + _ue(*whole)
    unit = 2 if chroma == 1 else 1
    right, bottom = ((whole[side] - shown[side]) // unit for side in (0, 1))
    bits += "1" + _ue(0, right, 0, bottom)
    bits += _ue(depth - 8, depth - 8, 0) + "1" + _ue(0, 0, 0)
    bits += _ue(1, 0, 0, 2, 0, 0)  # blocks of 16 by 16, transforms of 4 by 4 to 16 by 16
    bits += "000" + "1" + _u(depth - 1, 4) * 2 + _ue(1, 0) + "1"  # no lists, shapes or offsets; pcm, not filtered
    return bits + _ue(0) + "000"


def _told(primaries: int, transfer: int) -> str:
    """What the pixels tell of their colours (vui_parameters), and that nothing else follows."""
    return "1" + "001" + "101" + "1" + "1" + _u(primaries, 8) + _u(transfer, 8) + _u(BT_601, 8) + "0" * 7 + "0"


def _pps() -> str:
    return _ue(0, 0) + "0" * 7 + _ue(0, 0) + _ue(0) + "000" + _ue(0, 0) + "0" * 7 + "101" + "00" + _ue(0) + "00"


def _slice(planes: list[Image.Image], number: int, wide: int, high: int, depth: int) -> bytes:
    across, count = wide // BLOCK, wide // BLOCK * (high // BLOCK)
    address = "" if number == 0 else _u(number, (count - 1).bit_length())
    head = ("0" if number else "1") + "0" + _ue(0) + address + _ue(2) + _ue(0)
    samples = "".join(_samples(planes, number % across, number // across, depth))
    return _unit(IDR, _aligned(_aligned(head + "1") + RAW_BLOCK) + samples + LAST_BLOCK, is_stopped=True)


def _samples(planes: list[Image.Image], column: int, row: int, depth: int) -> Iterator[str]:
    for plane in planes:
        side = BLOCK * plane.width // planes[0].width
        block = plane.crop((column * side, row * side, column * side + side, row * side + side))
        yield "".join(_u(sample << depth - 8 | sample >> 16 - depth, depth) for sample in block.tobytes())


def _aligned(bits: str) -> str:
    return bits + "0" * (-len(bits) % 8)


def _unit(kind: int, bits: str, *, is_stopped: bool = False) -> bytes:
    """A NAL unit; within it no zeros may look like the beginning of another."""
    whole = _aligned(bits if is_stopped else bits + "1")
    content = int(whole, 2).to_bytes(len(whole) // 8, "big")
    return bytes([kind << 1, 1]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", content)
