"""HEIC as phones write it: in tiles, turned, deep, with depth and gain maps."""

from collections.abc import Iterator
from typing import Any

from PIL import Image

from media_service.testing.corpus.drawn import WIDE_GAMUT, in_wide_gamut, over_white, plain, translucent
from media_service.testing.corpus.sample import FAR, NOTE, Sample, Taken
from media_service.testing.drawn import PROFILE
from media_service.testing.drawn_avif import Made, colours
from media_service.testing.drawn_heic import (
    DEPTH,
    GAIN_MAP,
    coded,
    cropped,
    heic,
    in_tiles,
    mirrored,
    profiled,
    transparent,
    turned,
)

JPEG, PNG = "image/jpeg", "image/png"
TURNS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)
FORMS: dict[str, dict[str, Any]] = {
    "8 bits": {},
    "10 bits": {"depth": 10},
    "no colour left out": {"subsampling": False},
    "10 bits, no colour left out": {"depth": 10, "subsampling": False},
}


def heics() -> Iterator[Sample]:
    for name, form in FORMS.items():
        yield Sample(f"HEIC, {name}", heic(coded(plain(), **form)), Taken(JPEG, plain()))
    yield from _turned()
    yield from _coloured()
    yield from _with_others()


def _turned() -> Iterator[Sample]:
    for quarters, turn in enumerate(TURNS):
        shown = plain() if turn is None else plain().transpose(turn)
        yield Sample(f"HEIC, turned {quarters}", heic(coded(plain(), turned(quarters))), Taken(JPEG, shown))
        yield Sample(f"HEIC in tiles, turned {quarters}", in_tiles(plain(), 32, turned(quarters)), Taken(JPEG, shown))
    for axis, turn in enumerate((Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)):
        shown = plain().transpose(turn)
        yield Sample(f"HEIC, mirrored {axis}", heic(coded(plain(), mirrored(axis))), Taken(JPEG, shown))
    corner = heic(coded(plain(), cropped(64, 48, -16, -8)))
    yield Sample("HEIC, cropped", corner, Taken(JPEG, plain().crop((0, 0, 64, 48))))


def _coloured() -> Iterator[Sample]:
    grey = plain().convert("L")
    yield Sample("HEIC, grey", heic(coded(grey)), Taken(JPEG, grey))
    yield Sample("HEIC with a profile", heic(coded(plain(), profiled(PROFILE))), Taken(JPEG, plain(), has_profile=True))
    wide = in_wide_gamut(plain())
    told = heic(coded(wide, profiled(WIDE_GAMUT)))
    yield Sample("HEIC in wide gamut by a profile", told, Taken(JPEG, plain(), has_profile=True))
    deep = heic(coded(wide, profiled(WIDE_GAMUT), depth=10))
    yield Sample("HEIC of 10 bits in wide gamut", deep, Taken(JPEG, plain(), has_profile=True))
    yield Sample(
        "HEIC in wide gamut by code points", heic(coded(wide, colours(12, 13), points=(12, 13))), Taken(JPEG, plain())
    )
    clear = transparent(plain(), translucent().getchannel("A"))
    yield Sample("HEIC, transparent", clear, Taken(PNG, over_white(translucent()), FAR))


def _with_others() -> Iterator[Sample]:
    small = plain().resize((48, 32))
    notes = Made(b"Exif", bytes(4) + NOTE), Made(b"mime", NOTE)
    told = [(b"cdsc", 3, [1]), (b"cdsc", 4, [1])]
    for name, kind, left_out in (("a gain map", GAIN_MAP, "gain_map"), ("depth", DEPTH, "")):
        sent = heic(coded(plain()), coded(small.convert("L"), kind), *notes, references=[(b"auxl", 2, [1]), *told])
        yield Sample(f"HEIC with {name}", sent + NOTE, Taken(JPEG, plain(), left_out=left_out))
    sent = heic(coded(plain()), coded(small), *notes, references=[(b"thmb", 2, [1]), *told])
    yield Sample("HEIC with a thumbnail", sent, Taken(JPEG, plain()))
    burst = heic(coded(plain()), coded(plain().rotate(180)))
    yield Sample("HEIC of two pictures", burst, Taken(JPEG, plain(), left_out="pictures"))
    yield Sample("HEIC, its parts in the head", heic(coded(plain()), method=1), Taken(JPEG, plain()))
    yield Sample("HEIC in pieces", heic(coded(plain()), parts=3), Taken(JPEG, plain()))
