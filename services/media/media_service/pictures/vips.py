"""libvips, held to little memory: one thread an operation and no cache. Nothing else imports pyvips."""

import os
from collections.abc import Callable
from typing import IO, Any

os.environ.setdefault("VIPS_CONCURRENCY", "1")  # read once, when the library starts

from pyvips import Error, GValue, Image, Source, Target, cache_set_max  # type: ignore[import-untyped]

cache_set_max(0)

LOADERS: dict[str, Callable[..., Any]] = {
    "image/jpeg": Image.jpegload_source,
    "image/png": Image.pngload_source,
    "image/webp": Image.webpload_source,
    "image/gif": Image.gifload_source,
}
# Only libjpeg tells damage by warnings; libpng also warns of colour profiles that are merely old.
STRICTEST = {"image/jpeg": "warning"}


def open_picture(file: IO[bytes], mime: str, *, sequential: bool = True, frames: int = 1) -> Image:
    """A picture that raises Error where it is damaged, as soon as that part is asked for."""
    options: dict[str, Any] = {"n": frames} if mime in {"image/gif", "image/webp"} else {}
    if sequential:
        options["access"] = "sequential"
    file.seek(0)
    source = Source.new_from_descriptor(file.fileno())
    image: Image = LOADERS[mime](source, fail_on=STRICTEST.get(mime, "error"), **options)
    return image


def thumbnail(file: IO[bytes], side: int) -> Image:
    """The first frame, its longest side at most ``side`` pixels; never enlarged, decoded smaller if it can be."""
    file.seek(0)
    return Image.thumbnail_source(Source.new_from_descriptor(file.fileno()), side, height=side, size="down")


__all__ = ["Error", "GValue", "Image", "Source", "Target", "open_picture", "thumbnail"]
