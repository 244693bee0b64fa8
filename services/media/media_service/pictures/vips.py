"""libvips, held to little memory: one thread an operation and no cache. Nothing else imports pyvips.

A picture is opened by the loader of the type that we found it to be. All loaders but those five are off.
"""

import errno
import os
import re
from collections.abc import Callable
from functools import partial
from typing import IO, Any

os.environ.setdefault("VIPS_CONCURRENCY", "1")  # read once, when the library starts, as is the next
os.environ.setdefault("VIPS_DISC_THRESHOLD", "16m")  # what is larger and needed whole lies in TMPDIR

from pyvips import (  # type: ignore[import-untyped]
    Error,
    GValue,
    Image,
    Source,
    Target,
    cache_set_max,
    operation_block_set,
)

from media_service.pictures import vips_log
from media_service.pictures.profiles import rendering_intent

cache_set_max(0)
operation_block_set("VipsForeignLoad", True)
for _known in ("Jpeg", "Png", "Webp", "Nsgif", "Heif"):
    operation_block_set(f"VipsForeignLoad{_known}", False)
vips_log.quieten()

PROFILE = "icc-profile-data"

LOADERS: dict[str, Callable[..., Any]] = {
    "image/jpeg": Image.jpegload_source,
    "image/png": Image.pngload_source,
    "image/webp": Image.webpload_source,
    "image/gif": Image.gifload_source,
    "image/avif": Image.heifload_source,
}
# Only libjpeg tells damage by warnings; libpng also warns of colour profiles that are merely old.
STRICTEST = {"image/jpeg": "warning"}
# Browsers pass over such bytes without a word, so they are no damage, but what hides in them is not kept.
HARMLESS = re.compile("extraneous bytes before marker")
MISSING_BYTES = re.compile("premature end|unexpected end|truncated", re.IGNORECASE)


def open_picture(
    file: IO[bytes], mime: str, *, sequential: bool = True, frames: int = 1, strict: bool = True, **options: Any
) -> Image:
    """A picture that raises Error where it is damaged, as soon as that part is asked for.

    Without ``strict`` whatever the decoder can make of it is shown. More options are the decoder's own.
    """
    if mime in {"image/gif", "image/webp"}:
        options["n"] = frames
    if sequential:
        options["access"] = "sequential"
    fail_on = STRICTEST.get(mime, "error") if strict else "none"
    file.seek(0)
    source = Source.new_from_descriptor(file.fileno())
    image: Image = LOADERS[mime](source, fail_on=fail_on, **options)
    return image


def thumbnail(file: IO[bytes], mime: str, side: int) -> Image:
    """The first frame, its longest side at most ``side`` pixels; never enlarged, decoded smaller if it can be.

    In sRGB with 8 bits if it has a colour profile, or more bits or inks than a screen.
    """
    header = open_picture(file, mime, strict=False)
    decoded = DECODED_SMALLER[mime](max(header.width, header.height) / side) if mime in DECODED_SMALLER else {}

    def draw(**colours: str) -> Image:
        image = open_picture(file, mime, strict=False, **decoded)
        return image.thumbnail_image(side, height=side, size="down", **colours)

    return _in_srgb(header, draw)


def _jpeg_smaller(shrink: float) -> dict[str, Any]:
    """At least twice as large as wanted: the decoder makes blocks of pixels one, which is harsh."""
    return {"shrink": next((factor for factor in (8, 4, 2) if shrink >= 2 * factor), 1)}


def _webp_smaller(shrink: float) -> dict[str, Any]:
    return {"scale": min(1 / shrink, 1)}


DECODED_SMALLER: dict[str, Callable[[float], dict[str, Any]]] = {
    "image/jpeg": _jpeg_smaller,
    "image/webp": _webp_smaller,
}


def shrunk(image: Image, side: int) -> Image:
    """A smaller picture of one that is open already."""
    return _in_srgb(image, partial(image.thumbnail_image, side, height=side, size="down"))


def _in_srgb(image: Image, draw: Callable[..., Image]) -> Image:
    """What is drawn with the profile of the image, as that asks for, or without if it has none that works.

    The intent is named, since "auto" is another one: findings/libvips-auto-intent.sh. Four inks without a profile leave
    one in what is drawn whose bytes libvips has freed: it may not be read.
    """
    if not image.get_typeof(PROFILE):
        return without_profile(draw())
    try:
        drawn = draw(output_profile="srgb", intent=rendering_intent(image.get(PROFILE)))
    except Error:  # a broken profile is no reason not to show the picture
        drawn = draw()
    return without_profile(drawn)


def without_profile(image: Image) -> Image:
    image = image.copy()
    image.remove(PROFILE)
    return image


def is_harmless(error: Error) -> bool:
    """Whether the decoder complains only of what every browser passes over."""
    return bool(HARMLESS.search(_last_line(error)))


def is_of_missing_bytes(error: Error) -> bool:
    """Whether the decoder found the end too early."""
    return bool(MISSING_BYTES.search(_last_line(error)))


def disk_error(error: Error) -> OSError | None:
    """The error of the disk that a picture could not be written to, which libvips tells in its text; else None."""
    numbers = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
    return next((OSError(number, os.strerror(number)) for number in numbers if os.strerror(number) in str(error)), None)


def _last_line(error: Error) -> str:
    """What this error is about; before it may stand what pictures read less strictly have left."""
    return str(error).strip().rpartition("\n")[2]


__all__ = [
    "Error",
    "GValue",
    "Image",
    "Source",
    "Target",
    "disk_error",
    "is_harmless",
    "is_of_missing_bytes",
    "open_picture",
    "operation_block_set",
    "shrunk",
    "thumbnail",
    "without_profile",
]
