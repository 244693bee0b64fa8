"""HEIC, which few browsers show, comes out as what all do: a JPEG, or where it is transparent a PNG.

WebP would be smaller, but to encode its transparency takes 30 bytes of memory a pixel.

libheif decodes it, with libde265 and within its own limits, and from a file that was made anew of the picture alone.
"""

from typing import IO, Any, NamedTuple

import pi_heif  # type: ignore[import-untyped]

from media_service.pictures.colour import coded
from media_service.pictures.refusals import Cause, image_refused
from media_service.pictures.scratch import Scratch
from media_service.pictures.turning import QUALITY, save
from media_service.pictures.vips import PROFILE, GValue, Image

pi_heif.options.DECODE_THREADS = 1
pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False

LIBRARY_ERRORS = (ValueError, EOFError, SyntaxError, RuntimeError)
HALVED = 420  # how pi-heif calls colours at half the resolution
BANDS = {"L": 1, "LA": 2, "La": 2, "RGB": 3, "RGBA": 4, "RGBa": 4}


class Developed(NamedTuple):
    """A picture that browsers show."""

    file: IO[bytes]
    mime: str
    width: int
    height: int


def develop(file: IO[bytes], scratch: Scratch) -> Developed:
    """Decode a clean HEIC file, upright; raises the 422 Problem that refuses it, and vips.Error."""
    file.seek(0)
    try:
        decoded = pi_heif.open_heif(file, convert_hdr_to_8bit=False)
        image = _opened(decoded.size, decoded.mode, decoded.data)
    except LIBRARY_ERRORS as error:
        raise image_refused("its pixels cannot be decoded", cause=Cause.UNDECODABLE) from error
    image = _in_its_colours(image, decoded.info)
    if image.format == "ushort":
        image = image.cast("uchar", shift=True).copy(interpretation="b-w" if image.bands < 3 else "srgb")
    if image.hasalpha():
        return Developed(save(image, ".png", scratch, keep="icc"), "image/png", image.width, image.height)
    chroma = "on" if decoded.info.get("chroma") == HALVED else "off"
    file = save(image, ".jpg", scratch, Q=QUALITY, subsample_mode=chroma, keep="icc")
    return Developed(file, "image/jpeg", image.width, image.height)


def _opened(size: tuple[int, int], mode: str, pixels: bytes) -> Image:
    """What libheif has decoded: 8 bits, or 16 where it was more."""
    name, _, depth = mode.partition(";")
    bands, is_deep = BANDS[name], depth == "16"
    image = Image.new_from_memory(pixels, *size, bands, "ushort" if is_deep else "uchar")
    shown = ("grey16" if is_deep else "b-w") if bands < 3 else ("rgb16" if is_deep else "srgb")
    image = image.copy(interpretation=shown)
    if not name.endswith("a"):
        return image
    return image.unpremultiply(max_alpha=65535 if is_deep else 255).cast(image.format)


def _in_its_colours(image: Image, info: dict[str, Any]) -> Image:
    """With the profile of the file, or else in sRGB where code points tell its colours."""
    if profile := info.get("icc_profile"):
        image = image.copy()
        image.set_type(GValue.blob_type, PROFILE, profile)
        return image
    points = info.get("nclx_profile")
    space = coded(points["color_primaries"], points["transfer_characteristics"]) if points else None
    return space.to_srgb(image) if space else image
