"""Pictures whose EXIF says that they lie on their side are encoded anew the right way up.

What was lossless stays so, to the last bit of depth and with its palette; what tells its colours is kept.
"""

import mmap
import shutil
from collections.abc import Callable, Iterator
from typing import IO, Any

from media_service.pictures import png_chunks as png
from media_service.pictures import webp
from media_service.pictures.layout import FileBytes
from media_service.pictures.scratch import Scratch
from media_service.pictures.vips import GValue, Image, Target, open_picture

SIDEWAYS = range(5, 9)  # EXIF orientations that swap width and height
QUALITY = 92


def turn(file: IO[bytes], mime: str, orientation: int, scratch: Scratch, *, strict: bool = True) -> IO[bytes]:
    """A file with the picture upright; raises vips.Error where it is damaged."""
    return TURNED[mime](file, orientation, scratch, strict)


def _turn_jpeg(file: IO[bytes], orientation: int, scratch: Scratch, strict: bool) -> IO[bytes]:
    image = _upright(file, "image/jpeg", orientation, strict=strict)
    options: dict[str, Any] = {"Q": QUALITY, "interlace": bool(image.get("jpeg-multiscan"))}
    if image.get("jpeg-chroma-subsample") == "4:2:0":
        options["subsample_mode"] = "on"
    turned = scratch.file()
    with _bytes_of(file) as data, save(image, ".jpg", scratch, keep="icc", **options) as saved:
        turned.write(b"\xff\xd8" + _density(data[2:20], is_sideways=orientation in SIDEWAYS))
        saved.seek(2)
        shutil.copyfileobj(saved, turned)
    turned.flush()
    return turned


def _density(segment: bytes, *, is_sideways: bool) -> bytes:
    """The JFIF segment, which tells the size in print and which libvips does not write; none if this is none."""
    if not segment.startswith(b"\xff\xe0\x00\x10JFIF\0"):
        return b""
    return segment[:12] + segment[14:16] + segment[12:14] + segment[16:] if is_sideways else segment


def _turn_webp(file: IO[bytes], orientation: int, scratch: Scratch, strict: bool) -> IO[bytes]:
    with _bytes_of(file) as data:
        is_lossless = any(kind == b"VP8L" for kind, _, _ in webp.chunks(data))
    options: dict[str, Any] = {"lossless": True, "exact": True} if is_lossless else {"Q": QUALITY}
    return save(_upright(file, "image/webp", orientation, strict=strict), ".webp", scratch, keep="icc", **options)


def _turn_png(file: IO[bytes], orientation: int, scratch: Scratch, strict: bool) -> IO[bytes]:
    """Only the numbers of the pixels are turned, as shades of grey if they stand for a palette; the rest is copied."""
    with _bytes_of(file) as data, scratch.file() as bare:
        bare.writelines(_bare_png(data))
        image = _upright(bare, "image/png", orientation, strict=strict)
        with save(image, ".png", scratch, keep="none", bitdepth=image.get("bits-per-sample")) as saved:
            turned = scratch.file()
            with _bytes_of(saved) as numbers:
                turned.writelines(_dressed_png(data, numbers, is_sideways=orientation in SIDEWAYS))
    turned.flush()
    return turned


def _bare_png(data: FileBytes) -> Iterator[bytes]:
    yield png.SIGNATURE
    for kind, start, end in png.chunks(data):
        if kind == b"IHDR":
            header = data[start + 8 : end - 4]
            numbers = png.GREY if header[9:10] == png.PALETTE else header[9:10]
            yield png.chunk(kind, header[:9] + numbers + header[10:])
        elif kind == b"IDAT":
            yield data[start:end]
    yield png.chunk(b"IEND", b"")


def _dressed_png(data: FileBytes, turned: FileBytes, *, is_sideways: bool) -> Iterator[bytes]:
    """The chunks of the first, with the size and the pixels of the second."""
    pixels = (turned[start:end] for kind, start, end in png.chunks(turned) if kind == b"IDAT")
    yield png.SIGNATURE
    for kind, start, end in png.chunks(data):
        body = data[start + 8 : end - 4]
        if kind == b"IHDR":
            at = len(png.SIGNATURE) + 8
            yield png.chunk(kind, turned[at : at + 9] + body[9:10] + turned[at + 10 : at + 13])
        elif kind == b"pHYs" and is_sideways:
            yield png.chunk(kind, body[4:8] + body[:4] + body[8:])
        elif kind == b"IDAT":
            yield from pixels  # at the first IDAT all of them
        else:
            yield data[start:end]
    yield png.chunk(b"IEND", b"")


def _upright(file: IO[bytes], mime: str, orientation: int, *, strict: bool) -> Image:
    image = open_picture(file, mime, sequential=False, strict=strict).copy()  # a turn reads from the last column on
    image.set_type(GValue.gint_type, "orientation", orientation)
    return image.autorot()


def save(image: Image, suffix: str, scratch: Scratch, **options: Any) -> IO[bytes]:
    """The picture in a working file, encoded as the suffix says."""
    file = scratch.file()
    image.write_to_target(Target.new_to_descriptor(file.fileno()), suffix, **options)
    return file


def _bytes_of(file: IO[bytes]) -> mmap.mmap:
    file.flush()
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


TURNED: dict[str, Callable[[IO[bytes], int, Scratch, bool], IO[bytes]]] = {
    "image/jpeg": _turn_jpeg,
    "image/png": _turn_png,
    "image/webp": _turn_webp,
}
