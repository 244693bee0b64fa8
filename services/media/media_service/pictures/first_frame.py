"""The picture that stands for an animation: its first frame, which need not fill the canvas and need not come first."""

import mmap
from typing import IO

from media_service.pictures import apng, avif, gif
from media_service.pictures.layout import Place
from media_service.pictures.png_colours import colour_space
from media_service.pictures.scratch import Scratch
from media_service.pictures.vips import Image, open_picture, shrunk, thumbnail


def first_frame(file: IO[bytes], mime: str, scratch: Scratch, side: int) -> Image:
    """What a stored picture shows first, in sRGB with 8 bits, its longest side at most ``side`` pixels.

    Raises vips.Error where it cannot be decoded, at once or when its pixels are asked for.
    """
    if mime == "image/gif":
        return shrunk(_gif(file), side)
    if mime == "image/png":
        image = _png(file, scratch)
        if image:
            return shrunk(image, side)
    if mime == "image/avif":
        image = _avif(file)
        if image:
            return shrunk(image, side)
    return thumbnail(file, mime, side)


def _avif(file: IO[bytes]) -> Image | None:
    """Only where code points tell its colours, of which the decoder heeds no more than how they are stored."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        space = avif.colour_space(data)
    return space.to_srgb(open_picture(file, "image/avif")) if space else None


def _gif(file: IO[bytes]) -> Image:
    """What the first frame leaves free is transparent; the decoder makes it black unless some colour is transparent."""
    image = open_picture(file, "image/gif")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place = gif.first_place(data)
    if image.hasalpha():
        return image
    return _placed(image.crop(place.left, place.top, place.width, place.height), place, image.width, image.height)


def _png(file: IO[bytes], scratch: Scratch) -> Image | None:
    """Only where the decoder does not see it as it is: an animation, or colours told in other ways than a profile."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        space = colour_space(data)
    for place, still in apng.stills(file, scratch):
        canvas = open_picture(file, "image/png")
        image = open_picture(still, "image/png", sequential=False).copy_memory()
        image = space.to_srgb(image) if space else image
        return _placed(image, place, canvas.width, canvas.height)
    return space.to_srgb(open_picture(file, "image/png")) if space else None


def _placed(image: Image, place: Place, width: int, height: int) -> Image:
    if (image.width, image.height) == (width, height):
        return image
    image = image if image.hasalpha() else image.addalpha()
    return image.embed(place.left, place.top, width, height, extend="black")
