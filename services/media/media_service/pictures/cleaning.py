"""From the file that was sent to the picture that is kept: checked, fully decoded, upright, without location or notes.

A picture that needs no turning is not encoded again: its bytes are copied without what is not wanted, so nothing of its
quality is lost and an animation stays one.
"""

import mmap
from collections.abc import Callable
from typing import IO

from chassis.problems import Problem

from media_service.pictures import apng, avif, foreign, gif, heic, heif, jpeg, png, png_chunks, vips, webp
from media_service.pictures.developing import develop
from media_service.pictures.layout import FileBytes, Format, Layout, Limits, Piece, truncated
from media_service.pictures.outcomes import CleanPicture
from media_service.pictures.refusals import Cause, image_refused
from media_service.pictures.scratch import Scratch
from media_service.pictures.tiff import UPRIGHT
from media_service.pictures.turning import SIDEWAYS, turn

JPEG = Format("image/jpeg", jpeg.read)
PNG = Format("image/png", png.read)
WEBP = Format("image/webp", webp.read)
GIF = Format("image/gif", gif.read)
AVIF = Format("image/avif", avif.read)
HEIC = Format("image/heic", heic.read)

CHUNK = 1 << 20


def clean(
    sent: IO[bytes], limits: Limits, scratch: Scratch, claim: Callable[[int], object] = lambda _memory: None
) -> CleanPicture:
    """Make the picture to keep from a file that was sent and is not empty.

    ``claim`` is told how many bytes of memory it will take before it is decoded, and may wait until they are there.
    Raises the 413, 415 or 422 Problem that says why it is not taken, and OSError where there is no room for it.
    """
    sent.flush()
    kept = scratch.file()
    kind, layout = _copy_without_notes(sent, kept, limits)
    width, height = layout.width, layout.height
    orientation = UPRIGHT if layout.animated else layout.orientation
    claim(layout.memory)
    try:
        if kind is HEIC:
            return CleanPicture(*develop(kept, scratch), layout.left_out)
        kept = _upright(kept, kind.mime, orientation, scratch)
    except vips.Error as error:
        raise (vips.disk_error(error) or _undecodable(error)) from error
    if orientation in SIDEWAYS:
        width, height = height, width
    return CleanPicture(kept, kind.mime, width, height, layout.left_out, layout.animated)


def format_of(head: bytes) -> Format:
    """Which type a file is by its first bytes; 415 for any other."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(png_chunks.SIGNATURE):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    brands = heif.brands(head)
    if not avif.BRANDED.isdisjoint(brands):
        return AVIF
    if brands and brands[0] in heic.BRANDED:
        return HEIC
    raise foreign.refusal_of(head)


def _copy_without_notes(sent: IO[bytes], kept: IO[bytes], limits: Limits) -> tuple[Format, Layout]:
    with mmap.mmap(sent.fileno(), 0, access=mmap.ACCESS_READ) as data:
        kind = format_of(data[: foreign.HEAD])
        layout = kind.read(data, limits)
        limits.check_memory(layout.memory)
        for piece in layout.pieces:
            _copy(data, piece, kept)
    kept.flush()
    return kind, layout


def _copy(data: FileBytes, piece: Piece, kept: IO[bytes]) -> None:
    if isinstance(piece, bytes):
        kept.write(piece)
        return
    for start in range(piece.start, piece.stop, CHUNK):
        kept.write(data[start : min(start + CHUNK, piece.stop)])


def _upright(kept: IO[bytes], mime: str, orientation: int, scratch: Scratch) -> IO[bytes]:
    """The file if it is upright and sound to its last pixel, or a new one that is."""
    try:
        upright = kept if orientation == UPRIGHT else turn(kept, mime, orientation, scratch)
        _decode(upright, mime)
        if mime == PNG.mime:
            for _, frame in apng.stills(upright, scratch):
                _decode(frame, mime)
    except vips.Error as error:
        if not vips.is_harmless(error):
            raise
        return turn(kept, mime, orientation, scratch, strict=False)  # encoding anew leaves what it complained of
    return upright


def _undecodable(error: vips.Error) -> Problem:
    if vips.is_of_missing_bytes(error):
        return truncated()
    return image_refused("its pixels cannot be decoded", cause=Cause.UNDECODABLE)


def _decode(file: IO[bytes], mime: str) -> None:
    """Every pixel of every frame is decoded: the last line cannot be had without all above it."""
    image = vips.open_picture(file, mime, frames=-1)
    image.crop(0, image.height - 1, image.width, 1).avg()
