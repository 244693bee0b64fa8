"""What the pictures of the corpus show, and the colours they say it in."""

import io
from functools import cache

from PIL import Image, ImageCms

from media_service.pictures.vips import Image as VipsImage
from media_service.testing.drawn import PROFILE, encoded, picture

WIDE_GAMUT: bytes = VipsImage.profile_load("p3")


@cache
def plain() -> Image.Image:
    """What most of them show; nothing in it is alike when it is turned."""
    return picture(96, 64)


@cache
def soft() -> Image.Image:
    """Without edges, and in colours that inks can print."""
    return picture(96, 64).resize((6, 4)).resize((96, 64)).point(lambda level: 60 + level // 3)


def in_wide_gamut(image: Image.Image) -> Image.Image:
    """A drawing of the same colours in the numbers of Display P3."""
    here, there = (ImageCms.ImageCmsProfile(io.BytesIO(profile)) for profile in (PROFILE, WIDE_GAMUT))
    converted = ImageCms.profileToProfile(image, here, there) or image
    converted.info.clear()  # else the profile would be written where none is wanted
    return converted


def translucent() -> Image.Image:
    image = plain().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def over_white(image: Image.Image) -> Image.Image:
    whole = Image.new("RGBA", image.size, "white")
    whole.alpha_composite(image.convert("RGBA"))
    return whole.convert("RGB")


def in_16_bits(interlace: bool = False) -> bytes:
    """A PNG with 16 bits a sample."""
    flat = VipsImage.new_from_memory(plain().tobytes(), *plain().size, 3, "uchar")
    deep = (flat * 257).cast("ushort").copy(interpretation="rgb16")
    content: bytes = deep.pngsave_buffer(interlace=interlace, bitdepth=16)
    return content


FRAMES = tuple(Image.new("RGB", (32, 24), colour) for colour in ("teal", "orange", "purple", "navy"))
DURATIONS = (40, 120, 200, 1000)


def moving(kind: str, **options: object) -> bytes:
    first, *others = FRAMES
    return encoded(first, kind, save_all=True, append_images=others, duration=list(DURATIONS), loop=0, **options)
