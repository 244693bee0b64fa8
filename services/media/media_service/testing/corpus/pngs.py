"""PNG of every kind of pixel, with colours told in every way."""

import zlib
from collections.abc import Iterator

from PIL import ImageOps

from media_service.testing.corpus.drawn import (
    DURATIONS,
    FRAMES,
    WIDE_GAMUT,
    in_16_bits,
    in_wide_gamut,
    moving,
    over_white,
    plain,
    translucent,
)
from media_service.testing.corpus.sample import EXACT, NEAR, NOTE, Sample, Taken
from media_service.testing.drawn import chunk, code_points, encoded, exif, opened, with_chunks

MIME = "image/png"
TEXTS = {
    "a text": chunk(b"tEXt", b"Place\0" + NOTE),
    "a compressed text": chunk(b"zTXt", b"Place\0\0" + zlib.compress(NOTE)),
    "XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + NOTE),
    "a private chunk": chunk(b"plAc", NOTE),
}
MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


def pngs() -> Iterator[Sample]:
    for mode in MODES:
        image = translucent().convert(mode)
        sent = with_chunks(encoded(image, "PNG"), chunk(b"tEXt", b"Place\0" + NOTE))
        yield Sample(f"PNG, {mode}", sent, Taken(MIME, over_white(image), NEAR))
    for orientation in range(1, 9):
        sent = encoded(plain(), "PNG", exif=exif(orientation))
        upright = ImageOps.exif_transpose(opened(sent))
        yield Sample(f"PNG, orientation {orientation}", sent + NOTE, Taken(MIME, upright))
    for name, text in TEXTS.items():
        yield Sample(f"PNG with {name}", with_chunks(encoded(plain(), "PNG"), text), Taken(MIME, plain()))
    yield from _deep()
    yield from _coloured()
    sent = moving("PNG") + NOTE
    yield Sample("PNG, animated", sent, Taken(MIME, FRAMES[0], EXACT, durations=DURATIONS))


def _deep() -> Iterator[Sample]:
    yield Sample("PNG of 16 bits", in_16_bits(), Taken(MIME, plain()))
    yield Sample("PNG of 16 bits, interlaced", in_16_bits(interlace=True), Taken(MIME, plain()))
    grey = plain().convert("L")
    deep = encoded(grey.convert("I").point(lambda level: level * 257).convert("I;16"), "PNG")
    yield Sample("PNG of 16 bits, grey", deep, Taken(MIME, grey))


def _coloured() -> Iterator[Sample]:
    wide = in_wide_gamut(plain())
    told = encoded(wide, "PNG", icc_profile=WIDE_GAMUT)
    yield Sample("PNG in wide gamut by a profile", told, Taken(MIME, plain(), has_profile=True))
    pointed = with_chunks(encoded(wide, "PNG"), code_points(12, 13))
    yield Sample("PNG in wide gamut by code points", pointed, Taken(MIME, plain()))
    named = with_chunks(encoded(plain(), "PNG"), chunk(b"sRGB", b"\0"))
    yield Sample("PNG in sRGB by name", named, Taken(MIME, plain()))
