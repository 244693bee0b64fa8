"""Drawing the renditions of a picture: decoded once, the smaller ones made from the larger."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from media_service.pictures.vips import Error, Image, thumbnail
from media_service.renditions.models import PRESETS

MIME = "image/webp"
QUALITY = 80
EFFORT = 2  # of 6: more costs twice the time for a few per cent of the bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition as bytes."""

    preset: str
    content: bytes
    width: int
    height: int


def render(file: IO[bytes]) -> Iterator[Rendered]:
    """The renditions of a stored picture, largest first, of an animation's first frame; raises vips.Error."""
    image: Image | None = None
    for preset, side in sorted(PRESETS.items(), key=lambda item: item[1], reverse=True):
        image = _first(file, side) if image is None else _smaller(image, side)
        content = image.webpsave_buffer(Q=QUALITY, effort=EFFORT, keep="none")
        yield Rendered(preset, content, image.width, image.height)


def _first(file: IO[bytes], side: int) -> Image:
    return _for_the_web(thumbnail(file, side)).copy_memory()


def _smaller(image: Image, side: int) -> Image:
    return image.thumbnail_image(side, height=side, size="down").copy_memory()


def _for_the_web(image: Image) -> Image:
    """In sRGB with 8 bits, whatever it was: browsers show WebP without a profile as that."""
    if image.get_typeof("icc-profile-data"):
        try:
            image = image.icc_transform("srgb", embedded=True)
        except Error:
            image.remove("icc-profile-data")  # a broken profile is no reason not to show the picture
    return image.colourspace("srgb")
