"""What stands for an animation is its first frame, wherever that lies; the animation itself is kept."""

import struct
from collections.abc import Callable

import pytest
from chassis.problems import Problem
from media_service.pictures.outcomes import CleanPicture
from media_service.testing.cleaned import Clean, Large
from media_service.testing.drawn import chunk, difference, encoded, gamma, opened, picture, with_chunks
from PIL import Image

Taken = Callable[[bytes], tuple[CleanPicture, Image.Image, Image.Image]]

FIRST, SECOND, STAND_IN = picture(), Image.new("RGB", (64, 48), "teal"), Image.new("RGB", (64, 48), "white")
CLEAR = (0, 0, 0, 0)


@pytest.fixture
def taken(cleaned: Clean, large: Large) -> Taken:
    """The picture that is kept, what Pillow makes of it, and its large rendition."""

    def run(content: bytes) -> tuple[CleanPicture, Image.Image, Image.Image]:
        picture, kept = cleaned(content)
        return picture, opened(kept), large(content)

    return run


def apng(*, default_image: bool) -> bytes:
    frames = [FIRST, SECOND]
    still, *rest = [STAND_IN, *frames] if default_image else frames
    return encoded(still, "PNG", save_all=True, append_images=rest, duration=200, default_image=default_image)


def edited(png: bytes, change: Callable[[bytes, bytes], bytes | None]) -> bytes:
    """The PNG with each chunk as ``change`` of its kind and content, and without those of which it makes None."""
    made, at = png[:8], 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        content = change(kind, png[at + 8 : at + 8 + length])
        made += b"" if content is None else chunk(kind, content)
        at += 12 + length
    return made


@pytest.mark.parametrize("default_image", [True, False])
def test_an_animated_png_is_kept_and_shows_its_first_frame(taken: Taken, default_image: bool) -> None:
    _, kept, large = taken(apng(default_image=default_image))
    assert kept.n_frames == 2 + default_image  # type: ignore[attr-defined]
    assert difference(large, FIRST) < 1


def test_a_frame_is_shown_in_the_colours_of_the_whole(taken: Taken) -> None:
    frames = [Image.new("RGB", (30, 20), (60, 60, 60)), Image.new("RGB", (30, 20), "teal")]
    sent = encoded(STAND_IN.resize((30, 20)), "PNG", save_all=True, append_images=frames, default_image=True)
    _, _, large = taken(with_chunks(sent, gamma(1)))
    assert large.convert("RGB").getpixel((9, 9)) == pytest.approx((133, 133, 133), abs=1)


def test_a_first_frame_of_a_png_that_does_not_fill_the_canvas_leaves_it_clear(taken: Taken) -> None:
    def moved(kind: bytes, content: bytes) -> bytes:
        if kind == b"IHDR":
            return struct.pack(">II", 100, 80) + content[8:]
        if kind == b"IDAT":
            return stand_in
        return content[:12] + struct.pack(">II", 30, 20) + content[20:] if kind == b"fcTL" else content

    large_still = encoded(Image.new("RGB", (100, 80), "white"), "PNG")
    at = large_still.index(b"IDAT")
    stand_in = large_still[at + 4 : at + 4 + struct.unpack_from(">I", large_still, at - 4)[0]]
    kept, _, large = taken(edited(apng(default_image=True), moved))
    assert (kept.width, kept.height) == large.size == (100, 80)
    assert large.getpixel((5, 5)) == CLEAR
    assert difference(large.crop((30, 20, 94, 68)), FIRST) < 1


@pytest.mark.parametrize(
    "unsound",
    [
        lambda kind, content: None if kind == b"acTL" else content,
        lambda kind, content: b"\0\0\0\x09" + content[4:] if kind == b"fcTL" else content,
        lambda kind, content: b"\0\0\0\x07" + content[4:] if kind == b"acTL" else content,
        lambda kind, content: content[:4] + b"\0\1\0\0" + content[8:] if kind == b"fcTL" else content,
        lambda kind, content: content[:9] if kind == b"fcTL" else content,
        lambda kind, content: None if kind == b"fdAT" else content,
    ],
    ids=["not announced", "out of order", "too few", "beyond the canvas", "short", "no pixels"],
)
def test_of_an_unsound_animation_the_still_picture_is_kept(
    taken: Taken, unsound: Callable[[bytes, bytes], bytes | None]
) -> None:
    _, kept, large = taken(edited(apng(default_image=True), unsound))
    assert not kept.is_animated  # type: ignore[attr-defined]
    assert difference(large, STAND_IN) < 1


def test_a_damaged_frame_is_refused(taken: Taken) -> None:
    def broken(kind: bytes, content: bytes) -> bytes:
        return content[:4] + b"\0" * (len(content) - 4) if kind == b"fdAT" else content

    with pytest.raises(Problem) as refused:
        taken(edited(apng(default_image=True), broken))
    assert (refused.value.status, refused.value.code) == (422, "image_refused")


def gif(screen: tuple[int, int], *frames: tuple[int, int, int, int], extension: bytes = b"") -> bytes:
    """Frames of one green at (left, top, width, height), their pixels written without compression."""
    content = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x91, 0, 0) + bytes((255, 0, 0, 0, 128, 0)) + bytes(6)
    for frame in frames:
        content += extension + b"," + struct.pack("<HHHHB", *frame, 0) + _pixels(frame[2] * frame[3])
    return content + b";"


def _pixels(count: int) -> bytes:
    """So many times colour 1 in codes of three bits: the table is cleared (4) before codes would grow."""
    codes = [code for _ in range(count) for code in (4, 1)] + [5]
    number = sum(code << 3 * place for place, code in enumerate(codes))
    packed = number.to_bytes((3 * len(codes) + 7) // 8, "little")
    blocks = [packed[at : at + 255] for at in range(0, len(packed), 255)]
    return b"\2" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


@pytest.mark.parametrize("extension", [b"", b"!\xf9\4\1\0\0\3\0"], ids=["opaque", "with a transparent colour"])
def test_what_a_first_frame_leaves_free_is_clear(taken: Taken, extension: bytes) -> None:
    kept, _, large = taken(gif((40, 30), (10, 5, 20, 15), extension=extension))
    assert (kept.width, kept.height) == large.size == (40, 30)
    assert large.mode == "RGBA"
    assert [large.getpixel(at) for at in ((0, 0), (39, 29), (9, 10), (10, 4))] == [CLEAR] * 4
    assert [large.getpixel(at) for at in ((10, 5), (29, 19))] == [(0, 128, 0, 255)] * 2


def test_a_first_frame_that_fills_its_screen_is_opaque(taken: Taken) -> None:
    _, _, large = taken(gif((40, 30), (0, 0, 40, 30)))
    assert large.mode == "RGB"


@pytest.mark.parametrize(
    ("screen", "frames", "size"),
    [
        ((40, 30), [(20, 15, 40, 30)], (60, 45)),
        ((10, 10), [(0, 0, 40, 30)], (40, 30)),
        ((10, 10), [(20, 20, 10, 10)], (30, 30)),
        ((0, 0), [(0, 0, 10, 10)], (10, 10)),
        ((40, 30), [(0, 0, 40, 30), (20, 15, 40, 30)], (40, 30)),
    ],
    ids=["partly beyond", "larger", "wholly beyond", "no screen", "the second beyond"],
)
def test_a_gif_has_the_size_that_browsers_show(
    taken: Taken, screen: tuple[int, int], frames: list[tuple[int, int, int, int]], size: tuple[int, int]
) -> None:
    kept, _, large = taken(gif(screen, *frames))
    assert (kept.width, kept.height) == large.size == size
