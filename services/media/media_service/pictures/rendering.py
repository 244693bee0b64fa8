"""Drawing a picture: its renditions, decoded once, the smaller ones made from the larger; and parts of it."""

from collections.abc import Iterator, Mapping
from typing import IO

from media_service.pictures.cutting import CUT, Cut
from media_service.pictures.encoding import encode
from media_service.pictures.first_frame import first_frame
from media_service.pictures.forms import WEBP
from media_service.pictures.outcomes import Rendered
from media_service.pictures.placeholders import placeholder
from media_service.pictures.scratch import Scratch
from media_service.pictures.vips import Image, shrunk


def render(
    file: IO[bytes], mime: str, scratch: Scratch, sides: Mapping[str, int], form: str = WEBP
) -> Iterator[Rendered]:
    """A stored picture in sizes that have names, largest first, of an animation its first frame; raises vips.Error.

    They are in sRGB with 8 bits, whatever the picture was: browsers show WebP without a profile as that. The last
    brings the placeholder.
    """
    image: Image | None = None
    smallest = min(sides, key=lambda name: sides[name])
    for name, side in sorted(sides.items(), key=lambda item: (item[1], item[0] == smallest), reverse=True):
        image = shrunk(image, side) if image else first_frame(file, mime, scratch, side)
        image = image.colourspace("srgb").copy_memory()
        shown_before = placeholder(image) if name == smallest else None
        yield Rendered(name, encode(image, form), form, image.width, image.height, shown_before)


def render_cut(  # noqa: PLR0913, PLR0917  what a job has
    file: IO[bytes], mime: str, scratch: Scratch, cut: Cut, form: str, quality: int | None
) -> Rendered:
    """A stored picture as it is cut, of an animation its first frame; raises vips.Error."""
    image, part = first_frame(file, mime, scratch, cut.side), cut.part
    width, height = min(part.width, image.width), min(part.height, image.height)  # libvips has rounded its sizes, too
    left, top = min(part.left, image.width - width), min(part.top, image.height - height)
    image = image.crop(left, top, width, height).colourspace("srgb").copy_memory()
    return Rendered(CUT, encode(image, form, quality), form, width, height)
