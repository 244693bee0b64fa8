"""WebP, GIF and AVIF."""

from collections.abc import Iterator

from PIL import Image, ImageOps

from media_service.testing.corpus.drawn import (
    DURATIONS,
    FRAMES,
    WIDE_GAMUT,
    in_wide_gamut,
    moving,
    over_white,
    plain,
    translucent,
)
from media_service.testing.corpus.sample import EXACT, FAR, NOTE, Sample, Taken
from media_service.testing.drawn import encoded, exif, opened
from media_service.testing.drawn_avif import Made, assembled, coded, grid

WEBP, GIF, AVIF = "image/webp", "image/gif", "image/avif"
QUICK = {"speed": 10, "quality": 90}


def webs() -> Iterator[Sample]:
    yield from _webps()
    yield from _gifs()
    yield from _avifs()


def _webps() -> Iterator[Sample]:
    for orientation in range(1, 9):
        sent = encoded(plain(), "WEBP", lossless=True, exif=exif(orientation))
        upright = ImageOps.exif_transpose(opened(encoded(plain(), "PNG", exif=exif(orientation))))
        yield Sample(f"WebP, orientation {orientation}", sent, Taken(WEBP, upright))
    yield Sample("WebP, lossy", encoded(plain(), "WEBP", xmp=NOTE), Taken(WEBP, plain()))
    yield Sample("WebP, transparent", encoded(translucent(), "WEBP") + NOTE, Taken(WEBP, over_white(translucent())))
    wide = encoded(in_wide_gamut(plain()), "WEBP", quality=95, icc_profile=WIDE_GAMUT)
    yield Sample("WebP in wide gamut", wide, Taken(WEBP, plain(), has_profile=True))
    sent = moving("WEBP", lossless=True, xmp=NOTE)
    yield Sample("WebP, animated", sent, Taken(WEBP, FRAMES[0], EXACT, durations=DURATIONS))


def _gifs() -> Iterator[Sample]:
    still = plain().quantize(32, dither=Image.Dither.NONE)
    yield Sample("GIF", encoded(still, "GIF", comment=NOTE), Taken(GIF, still.convert("RGB")))
    clear = encoded(still, "GIF", transparency=0) + NOTE
    yield Sample("GIF, transparent", clear, Taken(GIF, over_white(opened(clear)), FAR))
    sent = moving("GIF", comment=NOTE)
    yield Sample("GIF, animated", sent, Taken(GIF, FRAMES[0], durations=DURATIONS))
    once = encoded(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:], duration=DURATIONS[0])
    yield Sample("GIF, animated once", once, Taken(GIF, FRAMES[0], durations=DURATIONS[:1] * len(FRAMES)))


def _avifs() -> Iterator[Sample]:
    for orientation in range(1, 9):
        sent = encoded(plain(), "AVIF", exif=exif(orientation), **QUICK)
        yield Sample(f"AVIF, orientation {orientation}", sent, Taken(AVIF, ImageOps.exif_transpose(opened(sent))))
    clear = encoded(translucent(), "AVIF", xmp=NOTE, **QUICK)
    yield Sample("AVIF, transparent", clear, Taken(AVIF, over_white(translucent()), FAR))
    wide = encoded(in_wide_gamut(plain()), "AVIF", icc_profile=WIDE_GAMUT, **QUICK)
    yield Sample("AVIF in wide gamut", wide, Taken(AVIF, plain(), has_profile=True))
    tiles = [coded(plain().crop((left, 0, left + 64, 64)), **QUICK) for left in (0, 64)]
    whole = [grid(*plain().size, 1, 2), *tiles, Made(b"Exif", bytes(4) + NOTE)]
    yield Sample("AVIF in tiles", assembled(whole, (b"dimg", 1, [2, 3]), (b"cdsc", 4, [1])), Taken(AVIF, plain()))
    bright = [coded(plain(), **QUICK), Made(b"tmap", bytes(40)), coded(plain().resize((24, 16)).convert("L"), **QUICK)]
    sent = assembled(bright, (b"dimg", 2, [1, 3]))
    yield Sample("AVIF with a gain map", sent, Taken(AVIF, plain(), left_out="gain_map"))
    yield Sample("AVIF, animated", moving("AVIF", **QUICK), Taken(AVIF, FRAMES[0], left_out="animation"))
