"""What the readers of picture files agree on: how a file is laid out, and which of its bytes are worth keeping."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from mmap import mmap
from typing import TypeVar

from chassis.problems import Problem

from media_service.pictures.memory import MEGABYTE
from media_service.pictures.refusals import Cause, image_refused, too_large
from media_service.pictures.tiff import UPRIGHT

FileBytes = bytes | mmap
Piece = slice | bytes
"""A stretch of the file to copy, or bytes to write in its stead."""

MAX_SEGMENTS = 500_000  # an honest file of 50 MB has fewer; a hostile one is millions of empty segments

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest picture that is taken. Pixels are of one frame; ``animation_pixels`` of all frames together.

    ``memory`` is what decoding one may take, in bytes.
    """

    pixels: int
    frames: int
    animation_pixels: int
    memory: int = 512 * MEGABYTE

    def check(self, width: int, height: int, frames: int = 1) -> None:
        """Refuse with 413 what is above a limit, and with 422 what has no size."""
        if width < 1 or height < 1:
            raise image_refused("it has no size", cause=Cause.NO_SIZE)
        if width * height > self.pixels:
            detail = f"The picture is {width} by {height}; at most {self.pixels:,} pixels are taken."
            raise too_large(detail, cause=Cause.PIXELS)
        if frames > self.frames:
            raise too_large(f"The picture has more than {self.frames} frames.", cause=Cause.FRAMES)
        if frames > 1 and width * height * frames > self.animation_pixels:
            detail = f"All frames together may have at most {self.animation_pixels:,} pixels."
            raise too_large(detail, cause=Cause.PIXELS)

    def check_memory(self, estimate: int) -> None:
        """Refuse with 413 what cannot be decoded in the memory there is, though it has not too many pixels."""
        if estimate > self.memory:
            most = f"at most {self.memory // MEGABYTE:,} are taken"
            advice = "Send it smaller, or as a JPEG that is not progressive."
            detail = f"Decoding it would take about {estimate // MEGABYTE:,} MB of memory; {most}. {advice}"
            raise too_large(detail, cause=Cause.MEMORY)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame lies on the canvas, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def is_within(self, width: int, height: int) -> bool:
        return min(self.width, self.height) > 0 and self.left + self.width <= width and self.top + self.height <= height


@dataclass(frozen=True, slots=True)
class Layout:
    """One picture file, read without decoding a pixel.

    ``memory`` is an estimate of the bytes it takes to decode, ``orientation`` is as EXIF has it, ``left_out`` names
    what is not kept though some screens would show it.
    """

    width: int
    height: int
    frames: int
    pieces: Sequence[Piece]
    memory: int
    orientation: int = UPRIGHT
    left_out: str = ""

    @property
    def animated(self) -> bool:
        return self.frames > 1


@dataclass(frozen=True, slots=True)
class Format:
    """A type of picture. ``read`` checks the limits as soon as it knows the size, before it walks the file."""

    mime: str
    read: Callable[[FileBytes, Limits], Layout]


def bounded(segments: Iterable[T]) -> Iterator[T]:
    """The segments as they come, refusing a file that is made of absurdly many."""
    for number, segment in enumerate(segments):
        if number >= MAX_SEGMENTS:
            raise image_refused("it is made of too many segments", cause=Cause.SEGMENTS)
        yield segment


def stretch(data: FileBytes, start: int, length: int) -> bytes:
    """Exactly these bytes; refuses a file that ends before them."""
    found = data[start : start + length]
    if len(found) != length:
        raise truncated()
    return found


def truncated() -> Problem:
    return image_refused("it is truncated: bytes are missing at its end", cause=Cause.TRUNCATED)


def damaged(what: str) -> Problem:
    return image_refused(f"it is damaged: {what}", cause=Cause.DAMAGED)


def no_picture() -> Problem:
    return image_refused("there is no picture in the file", cause=Cause.NO_PICTURE)
