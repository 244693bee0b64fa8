"""Pictures as ``clean`` keeps them and as they are shown, within limits that small drawings reach."""

from collections.abc import Callable

from chassis.problems import Problem
from PIL import Image

from media_service.pictures.cleaning import clean
from media_service.pictures.layout import Limits
from media_service.pictures.outcomes import CleanPicture
from media_service.pictures.rendering import render
from media_service.pictures.scratch import Scratch
from media_service.presets import PRESETS
from media_service.testing.drawn import opened

LIMITS = Limits(pixels=1_000_000, frames=20, animation_pixels=100_000)
Clean = Callable[[bytes], tuple[CleanPicture, bytes]]
Large = Callable[[bytes], Image.Image]


def cleaner(scratch: Scratch) -> Clean:
    """Cleans the bytes of a picture; gives what is known of it, and the bytes that are kept."""

    def run(content: bytes) -> tuple[CleanPicture, bytes]:
        sent = scratch.file()
        sent.write(content)
        kept = clean(sent, LIMITS, scratch)
        kept.file.seek(0)
        return kept, kept.file.read()

    return run


def outcome(cleaned: Clean, content: bytes) -> bytes | Problem:
    """The bytes that are kept, or the refusal, which says its cause."""
    try:
        return cleaned(content)[1]
    except Problem as problem:
        found = problem
    assert found.status in {413, 415, 422}
    assert "cause" in (found.members or {})
    return found


def renderer(cleaned: Clean, scratch: Scratch) -> Large:
    """Gives the large rendition of a picture that was taken in."""

    def run(content: bytes) -> Image.Image:
        kept, _ = cleaned(content)
        return opened(next(render(kept.file, kept.mime, scratch, PRESETS)).content)

    return run
