"""Pictures made in code: a photograph with a place in it, and files that only pretend to be pictures."""

import io
import random
import struct

from PIL import ExifTags, Image, ImageDraw

CAMERA = "Broadsheet Box Camera"
GREENWICH = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (51.0, 28.0, 40.12),
    ExifTags.GPS.GPSLongitudeRef: "W",
    ExifTags.GPS.GPSLongitude: (0.0, 0.0, 5.31),
}


def photograph(width: int = 4000, height: int = 3000, seed: str = "") -> bytes:
    """A JPEG as a phone writes it: with the camera's name and where it was taken. Another seed is another picture."""
    grain = random.Random(seed).randbytes(width // 4 * (height // 4))  # without it, it would be kept as a drawing
    picture = Image.blend(
        Image.linear_gradient("L").resize((width, height)).convert("RGB"),
        Image.frombytes("L", (width // 4, height // 4), grain).resize((width, height)).convert("RGB"),
        alpha=0.2,
    )
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width // 4, height // 4, width // 2, height // 2), fill=(220, 120, 40))
    draw.text((20, 20), seed, fill=(255, 255, 255))
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({int(tag): value for tag, value in GREENWICH.items()})
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85, exif=exif)
    return file.getvalue()


def truncated() -> bytes:
    """A JPEG that ends in its middle, as after a broken connection."""
    whole = photograph(800, 600)
    return whole[: len(whole) // 2]


def pixel_bomb() -> bytes:
    """The first bytes of a PNG that claims 50,000 x 50,000 pixels."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 50_000, 50_000)


def text_named_jpg() -> bytes:
    """No picture at all."""
    return b"I am only called photograph.jpg.\n"
