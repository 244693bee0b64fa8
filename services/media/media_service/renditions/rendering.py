"""Drawing the renditions of a picture: decoded once, the smaller ones made from the larger."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from media_service.pictures.colour import ColourSpace
from media_service.pictures.png_colours import colour_space
from media_service.pictures.vips import Image, open_picture, thumbnail
from media_service.renditions.encoding import encode
from media_service.renditions.models import PRESETS


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition as bytes."""

    preset: str
    content: bytes
    width: int
    height: int


def render(file: IO[bytes], mime: str) -> Iterator[Rendered]:
    """The renditions of a stored picture, largest first, of an animation's first frame; raises vips.Error.

    They are in sRGB with 8 bits, whatever the picture was: browsers show WebP without a profile as that.
    """
    image: Image | None = None
    for preset, side in sorted(PRESETS.items(), key=lambda item: item[1], reverse=True):
        image = _first(file, mime, side) if image is None else _smaller(image, side)
        yield Rendered(preset, encode(image), image.width, image.height)


def _first(file: IO[bytes], mime: str, side: int) -> Image:
    if space := _own_colours(file, mime):
        return _smaller(space.to_srgb(open_picture(file, mime)), side)
    return thumbnail(file, side).colourspace("srgb").copy_memory()


def _smaller(image: Image, side: int) -> Image:
    return image.thumbnail_image(side, height=side, size="down").copy_memory()


def _own_colours(file: IO[bytes], mime: str) -> ColourSpace | None:
    if mime != "image/png":
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return colour_space(data)
