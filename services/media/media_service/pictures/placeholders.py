"""What can be shown of a picture before it is there: its ThumbHash, and the colour that most of it has."""

from base64 import b64encode
from collections import defaultdict

from media_service.pictures.outcomes import Placeholder
from media_service.pictures.thumbhash import SIDE, thumbhash
from media_service.pictures.vips import Image

SHADE_BITS = 3
"""Colours that agree in so many bits of each band are one, and are told by their mean."""
OPAQUE = 128


def placeholder(image: Image) -> Placeholder:
    """The placeholder of a picture in sRGB with 8 bits that is whole in memory; transparent pixels have no colour."""
    small = image.thumbnail_image(SIDE, height=SIDE, size="down")
    small = small if small.hasalpha() else small.addalpha()
    pixels: bytes = small.write_to_memory()
    return Placeholder(b64encode(thumbhash(small.width, small.height, pixels)).decode(), _colour(pixels))


def _colour(rgba: bytes) -> str:
    """A colour as in CSS: the mean of the largest group of pixels that are alike."""
    groups = defaultdict[tuple[int, ...], list[bytes]](list)
    for start in range(0, len(rgba), 4):
        *colour, alpha = rgba[start : start + 4]
        if alpha >= OPAQUE:
            groups[tuple(band >> (8 - SHADE_BITS) for band in colour)].append(bytes(colour))
    if not groups:
        return "#ffffff"
    largest = max(groups.values(), key=len)
    return "#" + "".join(f"{round(sum(band) / len(largest)):02x}" for band in zip(*largest, strict=True))
