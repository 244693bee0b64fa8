"""What decoding takes is told before it is done, and each child is held to it."""

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from chassis.problems import Problem
from media_service.database import Database
from media_service.decoding.answers import Undecodable
from media_service.decoding.decoder import Decoder
from media_service.pictures.cleaning import clean, format_of
from media_service.pictures.cutting import MOST_PIXELS, Rectangle, fitted
from media_service.pictures.encoding import ENCODERS
from media_service.pictures.layout import Layout, Limits
from media_service.pictures.memory import MEGABYTE, Budget
from media_service.pictures.scratch import Scratch
from media_service.pictures.vips import Image as VipsImage
from media_service.presets import PRESETS
from media_service.settings import MediaSettings
from media_service.testing.drawn import animation, encoded, exif, jpeg, picture
from media_service.testing.drawn_avif import Made
from media_service.testing.drawn_heic import TILE, coded, repeated, turned
from PIL import Image

LIMITS = Limits(pixels=120_000_000, frames=20, animation_pixels=200_000_000)
SIDES = (4000, 3000)


def layout_of(content: bytes) -> Layout:
    return format_of(content).read(content, LIMITS)


def interlaced(bands: int, kind: str, depth: int) -> bytes:
    flat = VipsImage.black(*SIDES, bands=bands).cast(kind).copy(interpretation="rgb16" if depth == 16 else "srgb")
    content: bytes = flat.pngsave_buffer(interlace=True, bitdepth=depth, compression=1)
    return content


def tile(mode: str = "RGB", depth: int = 8) -> Made:
    return coded(picture(TILE, TILE, mode), depth=depth)


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: jpeg(*SIDES),
    "progressive JPEG": lambda: jpeg(*SIDES, progressive=True, subsampling=0),
    "turned progressive JPEG": lambda: jpeg(*SIDES, progressive=True, exif=exif(6)),
    "progressive JPEG in four inks": lambda: encoded(picture(*SIDES, "CMYK"), progressive=True),
    "PNG": lambda: encoded(picture(*SIDES, "RGBA"), "PNG", compress_level=1),
    "turned PNG": lambda: encoded(picture(*SIDES), "PNG", compress_level=1, exif=exif(6)),
    "interlaced PNG": lambda: interlaced(3, "uchar", 8),
    "interlaced PNG of 16 bits": lambda: interlaced(4, "ushort", 16),
    "wide PNG": lambda: encoded(picture(40_000, 300, "RGBA"), "PNG", compress_level=1),
    "WebP": lambda: encoded(picture(*SIDES, "RGBA"), "WEBP", method=0),
    "lossless WebP": lambda: encoded(picture(*SIDES), "WEBP", lossless=True, method=0, quality=0),
    "AVIF": lambda: encoded(picture(*SIDES), "AVIF", speed=10, subsampling="4:4:4"),
    "HEIC": lambda: repeated(tile(), 8, 6),
    "turned HEIC of 10 bits": lambda: repeated(tile(depth=10), 8, 6, turned(1)),
    "transparent HEIC": lambda: repeated(tile(), 8, 6, alpha=tile("L")),
    "animated WebP": lambda: animation(4, "WEBP", SIDES),
    "animated GIF": lambda: animation(4, "GIF", SIDES),
}


@pytest.fixture(scope="module")
def unbounded(own_settings: MediaSettings, migrated: Database) -> Iterator[Decoder]:
    """Takes whatever it is told to, and holds each child to its estimate as any decoder does."""
    limits = replace(LIMITS, memory=1 << 40)
    memory = Budget(1 << 40)
    decoder = Decoder(own_settings.scratch_dir, limits, max_bytes=100_000_000, seconds=60, memory=memory)
    yield decoder
    decoder.close()


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_takes_more_than_was_estimated(kind: str, unbounded: Decoder, scratch: Scratch) -> None:
    clean_and_render(unbounded, KINDS[kind](), scratch)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_camera_s_108_megapixels_are_taken_in_little_memory(
    orientation: int, unbounded: Decoder, scratch: Scratch
) -> None:
    content = encoded(Image.new("L", (12_032, 9_024), 128), exif=exif(orientation))
    clean_and_render(unbounded, content, scratch)
    assert layout_of(content).memory < 192 * MEGABYTE


@pytest.mark.parametrize("form", ENCODERS)
def test_the_largest_part_takes_no_more_than_was_estimated(form: str, unbounded: Decoder, scratch: Scratch) -> None:
    sent = scratch.file()
    sent.write(KINDS["JPEG"]())
    whole = fitted(*SIDES, Rectangle(0, 0, *SIDES), SIDES)
    drawn = unbounded.cut(sent, "image/jpeg", scratch.file(), whole, form, quality=None)
    assert 0.99 * MOST_PIXELS < drawn.width * drawn.height < 1.01 * MOST_PIXELS


def test_a_part_that_would_take_too_much_is_not_drawn(
    unbounded: Decoder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = scratch.file()
    sent.write(jpeg(600, 400))
    whole = fitted(600, 400, Rectangle(0, 0, 600, 400), (600, 400))
    monkeypatch.setattr(unbounded, "_limits", replace(LIMITS, memory=layout_of(jpeg(600, 400)).memory))
    with pytest.raises(Undecodable, match="memory"):
        unbounded.cut(sent, "image/jpeg", scratch.file(), whole, "image/webp", quality=None)


def test_a_child_that_takes_more_than_was_estimated_dies(
    unbounded: Decoder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the tests above would prove nothing."""
    sent = scratch.file()
    sent.write(KINDS["progressive JPEG in four inks"]())
    monkeypatch.setattr(unbounded._children, "_program", [sys.executable, "-c", TOO_LITTLE])
    unbounded.close()
    with pytest.raises(Problem, match="cannot be decoded"):
        unbounded.clean(sent, scratch.file())
    unbounded.close()


TOO_LITTLE = """
from media_service.decoding import forkserver, jobs
jobs.ROOM -= 250 << 20
forkserver.main()
"""


def clean_and_render(decoder: Decoder, content: bytes, scratch: Scratch) -> None:
    """Raises if a child died of it."""
    sent = scratch.file()
    sent.write(content)
    kept = decoder.clean(sent, scratch.file())
    decoder.render(kept.file, kept.mime, scratch.file(), PRESETS)


@pytest.mark.parametrize(
    "content", [jpeg(progressive=True), encoded(picture(), "PNG"), encoded(picture(), "WEBP"), animation(3)]
)
def test_what_needs_more_than_there_is_is_refused(scratch: Scratch, content: bytes) -> None:
    needed = layout_of(content).memory
    clean_within(needed, content, scratch)
    with pytest.raises(Problem, match="MB of memory") as refused:
        clean_within(needed - 1, content, scratch)
    assert (refused.value.status, refused.value.code) == (413, "too_large")
    assert refused.value.members == {"cause": "memory"}


def test_it_is_refused_before_anything_of_it_is_decoded(scratch: Scratch) -> None:
    undecodable = bytearray(jpeg(progressive=True))
    undecodable[-20:-14] = b"\xff\xd9" * 3
    for memory, status in ((1, 413), (LIMITS.memory, 422)):
        with pytest.raises(Problem) as refused:
            clean_within(memory, bytes(undecodable), scratch)
        assert refused.value.status == status


def clean_within(memory: int, content: bytes, scratch: Scratch) -> None:
    sent = scratch.file()
    sent.write(content)
    clean(sent, Limits(LIMITS.pixels, LIMITS.frames, LIMITS.animation_pixels, memory), scratch)


def test_decoders_wait_for_each_other_where_memory_is_short() -> None:
    budget, order = Budget(100), []
    first_has_it, second_waits = threading.Event(), threading.Event()

    def second() -> None:
        first_has_it.wait(10)
        second_waits.set()
        with budget.claim(50):
            order.append("second")

    other = threading.Thread(target=second)
    other.start()
    with budget.claim(60):
        first_has_it.set()
        assert second_waits.wait(10)
        with budget.claim(40):
            order.append("first")
    other.join(10)
    assert order == ["first", "second"]


def test_one_may_have_all_there_is_but_no_more() -> None:
    budget = Budget(100)
    with budget.claim(1000):
        pass
    with budget.claim(100):
        pass
