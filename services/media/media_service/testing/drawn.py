"""Pictures for the tests, made in code."""

import io
import struct
import zlib
from random import Random
from typing import Any

from PIL import ExifTags, Image, ImageCms

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b"<x:xmpmeta>Greenwich</x:xmpmeta>"
GPS = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (51.0, 28.0, 40.12)}


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Colours that run from corner to corner, so that every turn of it looks different."""
    across = Image.linear_gradient("L").resize((height, width)).transpose(Image.Transpose.ROTATE_90)
    down = Image.linear_gradient("L").resize((width, height))
    blue = Image.new("L", (width, height), 90)
    blue.paste(255, (0, 0, width // 4, height // 4))
    return Image.merge("RGB", (across, down, blue)).convert(mode)


def photographed(image: Image.Image) -> Image.Image:
    """A drawing as a camera shows it, with grain: encoded once, where a drawing is encoded three times."""
    small = (image.width // 4, image.height // 4)
    grain = Image.frombytes("L", small, Random(0).randbytes(small[0] * small[1]))  # noqa: S311  it is drawn
    return Image.blend(image, grain.resize(image.size).convert(image.mode), alpha=0.2)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of that kind."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def code_points(primaries: int, transfer: int, matrix: int = 0) -> bytes:
    return chunk(b"cICP", bytes([primaries, transfer, matrix, 1]))


ADOBE_RGB = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))


def jpeg(width: int = 64, height: int = 48, **options: Any) -> bytes:
    return encoded(picture(width, height), **options)


def exif(orientation: int | None = None) -> Image.Exif:
    """What a phone notes: its name, a place, and how it was held."""
    notes = Image.Exif()
    notes[ExifTags.Base.Make] = "Box Camera"
    notes.get_ifd(ExifTags.IFD.GPSInfo).update({int(tag): value for tag, value in GPS.items()})
    if orientation:
        notes[ExifTags.Base.Orientation] = orientation
    return notes


def animation(frames: int, kind: str = "GIF", size: tuple[int, int] = (16, 12)) -> bytes:
    """Frames that all differ, in an endless loop."""
    images = [Image.new("RGB", size, (number * 37 % 256, number % 256, 255 - number % 256)) for number in range(frames)]
    return encoded(images[0], kind, save_all=True, append_images=images[1:], duration=40, loop=0)


def opened(content: bytes) -> Image.Image:
    """What Pillow makes of a file; raises if it finds fault."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures of the same size, 0 to 255."""
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height * 3)
