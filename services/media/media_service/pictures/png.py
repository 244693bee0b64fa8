"""PNG (W3C PNG, third edition): the picture and what its colours need; no text, EXIF, time or private chunks.

An animated PNG stays one if its animation is sound; else its still picture is kept.
"""

import zlib
from collections.abc import Set

from media_service.pictures import apng, tiff
from media_service.pictures.icc import clean_profile
from media_service.pictures.layout import (
    FileBytes,
    Layout,
    Limits,
    Piece,
    bounded,
    damaged,
    stretch,
)
from media_service.pictures.memory import estimate
from media_service.pictures.png_chunks import PALETTE, SIGNATURE, chunk, chunks
from media_service.pictures.refusals import Cause, image_refused

NEEDED = {b"IHDR", b"PLTE", b"IDAT"}
KEPT = NEEDED | {b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"pHYs"}
CHANNELS = {0: 2, 2: 4, 3: 4, 4: 2, 6: 4}  # that pixels of a type of colour have at most, transparency included
MAX_PROFILE = 16 << 20  # bytes


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what does not begin with IHDR, ends within its pixels, or has a wrong sum where decoders need the chunk.

    A side chunk whose sum is wrong is left out, as browsers do. The end mark is written anew; it may be missing.
    """
    header = stretch(data, len(SIGNATURE), 16)
    if header[4:8] != b"IHDR":
        raise damaged("it does not begin with its header")
    width, height = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
    limits.check(width, height)
    pieces: list[Piece] = [SIGNATURE]
    orientation = tiff.UPRIGHT
    frames = apng.frames(data)
    limits.check(width, height, len(frames))
    moving = apng.CHUNKS if frames else set()
    needed = NEEDED | moving if data[25:26] == PALETTE else (NEEDED | moving) - {b"PLTE"}
    for kind, start, end in bounded(chunks(data)):
        if kind not in KEPT | moving | {b"iCCP", b"eXIf"}:
            continue
        if not _is_sound(data, start, end):
            _refuse_if_needed(kind, needed)
        elif kind == b"eXIf" and not frames:
            orientation = tiff.orientation(data[start + 8 : end - 4])
        elif kind != b"eXIf":
            pieces += _profile(data[start + 8 : end - 4]) if kind == b"iCCP" else [slice(start, end)]
    memory = _memory(width, height, data[24:29], is_animated=bool(frames))
    return Layout(width, height, max(len(frames), 1), [*pieces, chunk(b"IEND", b"")], memory, orientation)


def _memory(width: int, height: int, header: bytes, *, is_animated: bool) -> int:
    """An interlaced picture is complete only at its end, so all of it is held; so are the frames of an animation."""
    depth, colour_type, _, _, interlaced = header
    pixel = CHANNELS.get(colour_type, 4) * (2 if depth == 16 else 1)
    held = 3 if is_animated else (1 if interlaced else 0)
    return estimate(width, height, pixel=pixel, whole=width * height * pixel * held)


def _refuse_if_needed(kind: bytes, needed: Set[bytes]) -> None:
    if kind in needed:
        raise image_refused(f"the checksum of its chunk {kind.decode()} is wrong", cause=Cause.CHECKSUM)


def _is_sound(data: FileBytes, start: int, end: int) -> bool:
    with memoryview(data) as view:
        computed = zlib.crc32(view[start + 4 : end - 4])
    return computed.to_bytes(4, "big") == data[end - 4 : end]


def _profile(content: bytes) -> list[Piece]:
    """The profile under a name that says nothing; none where it is none."""
    compressed = content.partition(b"\0")[2][1:]
    unpacking = zlib.decompressobj()
    try:
        profile = clean_profile(unpacking.decompress(compressed, MAX_PROFILE))
    except zlib.error:
        return []
    return [chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profile))] if profile else []
