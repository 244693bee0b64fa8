"""What a PNG says of its colours in chunks of its own (PNG, third edition, 4.3): cICP, else gAMA with cHRM.

Between the two come iCCP, which the decoder reads, and sRGB, which is what is taken anyhow.
"""

import struct
from contextlib import suppress

from media_service.pictures import png_chunks as png
from media_service.pictures.colour import ColourSpace, coded, of_gamma
from media_service.pictures.layout import FileBytes

USUAL_GAMMA, TOLERANCE = 45_455, 0.05  # libpng and browsers take what is this near for sRGB
RGB_MATRIX = 0
TOLD = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"}


def colour_space(data: FileBytes) -> ColourSpace | None:
    """The colour space of a PNG that was found sound; None where it is sRGB, or an ICC profile tells."""
    chunks = {kind: data[start + 8 : end - 4] for kind, start, end in png.chunks(data) if kind in TOLD}
    if space := _of_code_points(chunks.get(b"cICP", b"")):
        return space
    if b"iCCP" in chunks or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return None
    return _of_gamma(int.from_bytes(chunks[b"gAMA"], "big"), chunks.get(b"cHRM", b""))


def _of_code_points(body: bytes) -> ColourSpace | None:
    """Browsers pay no heed to the last byte, which tells narrow range, so neither do we."""
    if len(body) != 4 or body[2] != RGB_MATRIX:
        return None
    return coded(body[0], body[1])


def _of_gamma(gamma: int, chromaticities: bytes) -> ColourSpace | None:
    if not gamma or (not chromaticities and abs(gamma / USUAL_GAMMA - 1) < TOLERANCE):
        return None
    if len(chromaticities) != 32:
        return of_gamma(100_000 / gamma)
    numbers = [number / 100_000 for number in struct.unpack(">8I", chromaticities)]
    white, *colours = zip(numbers[::2], numbers[1::2], strict=True)
    with suppress(ValueError):  # a damaged cHRM is no reason not to show the picture
        return of_gamma(100_000 / gamma, (*colours, white))
    return None
