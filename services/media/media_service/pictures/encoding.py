"""Renditions as files: WebP in the form that suits a picture, and AVIF and JPEG for whoever asks for them.

WebP is lossy for photographs, without loss or nearly so for drawings and screens.

Lossy WebP keeps colours at half the resolution, which smears thin coloured lines and text. Measured on 25 photographs
and on 36 screens and drawings at three sizes: of the pixels of a drawing 43 to 100 % continue what is left of and above
them, of those of a photograph 0 to 36 %, but for very smooth ones, up to 79 %: these take five times the bytes of the
lossy form without loss, so they stay lossy.
"""

from collections.abc import Callable

from media_service.pictures.forms import AVIF, JPEG, WEBP
from media_service.pictures.vips import Image

QUALITY = 80
EFFORT = 2  # of 6: more costs twice the time for a few per cent of the bytes
REGULAR = 0.4  # share of pixels from which on a picture may be a drawing
NEARLY_LOSSLESS = 60  # of 100: a mean difference of 0.1 to 0.4 levels where lossy has 1 to 13
AVIF_QUALITY, AVIF_EFFORT = 60, 2  # about as close as the lossy WebP above; of 9
WORTH_IT = 2.5  # times the bytes of the lossy form; photographs need 4 to 27 times
LEAST_NEARLY = 0.5  # of the bytes without loss: nearly so, 245 screens and drawings took 0.57 to 0.9 of them

MASK = [[1, -1], [-1, 1]]


def encode(image: Image, mime: str, quality: int | None = None) -> bytes:
    """The picture in one of ENCODERS; it is in sRGB with 8 bits, and whole in memory.

    With a ``quality``, of 1 to 100, it is lossy.
    """
    return ENCODERS[mime](image, quality)


def _encode_webp(image: Image, quality: int | None) -> bytes:
    if quality:
        return _webp(image, Q=quality)
    if _regularity(image) < REGULAR:
        return _webp(image, Q=QUALITY)
    lossy = _webp(image, Q=QUALITY, smart_subsample=True)
    lossless = _webp(image, lossless=True)
    if len(lossless) <= len(lossy):
        return lossless
    if LEAST_NEARLY * len(lossless) > WORTH_IT * len(lossy):
        return lossy  # which spares the slowest of the three
    nearly = _webp(image, near_lossless=True, Q=NEARLY_LOSSLESS)
    kept = min(lossless, nearly, key=len)  # findings/libwebp-nearly-lossless-is-larger.sh: on slopes
    return kept if len(kept) <= WORTH_IT * len(lossy) else lossy


def _regularity(image: Image) -> float:
    """The share of pixels, 0 to 1, of which each is left + above - what is left above: flat, straight or a ramp."""
    surprise = image.cast("short").conv(Image.new_from_array(MASK), precision="integer")
    share: float = (surprise == 0).bandand().avg() / 255
    return share


def _webp(image: Image, **form: object) -> bytes:
    content: bytes = image.webpsave_buffer(effort=EFFORT, keep="none", **form)
    return content


def _encode_avif(image: Image, quality: int | None) -> bytes:
    """Colours at half the resolution for photographs alone, as above."""
    chroma = "on" if _regularity(image) < REGULAR else "off"
    content: bytes = image.heifsave_buffer(
        compression="av1", Q=quality or AVIF_QUALITY, effort=AVIF_EFFORT, subsample_mode=chroma, bitdepth=8, keep="none"
    )
    return content


def _encode_jpeg(image: Image, quality: int | None) -> bytes:
    """On white where it is transparent."""
    opaque = image.flatten(background=255) if image.hasalpha() else image
    content: bytes = opaque.jpegsave_buffer(Q=quality or QUALITY, optimize_coding=True, keep="none")
    return content


ENCODERS: dict[str, Callable[[Image, int | None], bytes]] = {WEBP: _encode_webp, AVIF: _encode_avif, JPEG: _encode_jpeg}
