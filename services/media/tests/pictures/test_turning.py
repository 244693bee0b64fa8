"""A picture that was held sideways is turned, and loses nothing else by it."""

import struct
import zlib
from collections.abc import Callable

import pytest
from chassis.problems import Problem
from media_service.testing.cleaned import Clean
from media_service.testing.drawn import (
    ADOBE_RGB,
    PROFILE,
    chunk,
    code_points,
    encoded,
    exif,
    gamma,
    opened,
    picture,
    with_chunks,
)
from PIL import Image, ImageOps

Turned = Callable[[bytes], bytes]

SIZE = (16, 12)
ORIENTATIONS = range(2, 9)


@pytest.fixture
def turned(cleaned: Clean) -> Turned:
    return lambda content: cleaned(content)[1]


def png_of(colour_type: int, bits: int, *chunks: bytes, orientation: int = 6, samples: int = 1) -> bytes:
    """A PNG of pixels that are all sorts of numbers."""
    width, height = SIZE
    size = width * bits * samples // 8
    rows = b"".join(b"\0" + bytes((7 * x + 29 * y) % 251 for x in range(size)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    body = [chunk(b"eXIf", exif(orientation).tobytes()[6:]), *chunks, chunk(b"IDAT", zlib.compress(rows))]
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(body) + chunk(b"IEND", b"")


def chunks_of(png: bytes) -> dict[bytes, bytes]:
    found, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        found[kind] = png[at + 8 : at + 8 + length]
        at += 12 + length
    return found


def _palette(size: int) -> bytes:
    return chunk(b"PLTE", bytes(number * 37 % 256 for number in range(3 * size)))


@pytest.mark.parametrize(
    "sent",
    [
        png_of(0, 1),
        png_of(0, 2),
        png_of(0, 4, chunk(b"tRNS", b"\0\7")),
        png_of(0, 16),
        png_of(2, 8, chunk(b"tRNS", b"\0\7\0\7\0\7"), samples=3),
        png_of(2, 16, samples=3),
        png_of(3, 1, _palette(2)),
        png_of(3, 2, _palette(4), chunk(b"tRNS", b"\0\x80")),
        png_of(3, 4, _palette(16)),
        png_of(3, 8, _palette(256), chunk(b"tRNS", bytes(range(256)))),
        png_of(4, 8, samples=2),
        png_of(6, 16, samples=4),
    ],
    ids=["1 bit", "2 bits", "4 bits with a key", "16 bits", "RGB with a key", "RGB 48", "palette of 2", "palette of 4",
         "palette of 16", "palette of 256", "grey and alpha", "RGBA 64"],
)  # fmt: skip
def test_a_turned_png_has_the_same_depth_palette_and_pixels(turned: Turned, sent: bytes) -> None:
    before, after = chunks_of(sent), chunks_of(turned(sent))
    assert after[b"IHDR"][8:10] == before[b"IHDR"][8:10]
    assert {kind: after.get(kind) for kind in (b"PLTE", b"tRNS")} == {
        kind: before.get(kind) for kind in (b"PLTE", b"tRNS")
    }
    upright, expected = opened(turned(sent)), ImageOps.exif_transpose(opened(sent))
    assert upright.mode == expected.mode
    assert upright.tobytes() == expected.tobytes()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_each_orientation_of_a_palette(turned: Turned, orientation: int) -> None:
    sent = png_of(3, 4, _palette(16), orientation=orientation)
    assert opened(turned(sent)).tobytes() == ImageOps.exif_transpose(opened(sent)).tobytes()


def test_a_turned_png_keeps_all_that_tells_its_colours_and_its_size_in_print(turned: Turned) -> None:
    told = [gamma(1), ADOBE_RGB, chunk(b"sBIT", b"\5\6\5"), code_points(12, 13), chunk(b"cLLI", bytes(8))]
    size = struct.pack(">IIB", 3000, 6000, 1)
    sent = with_chunks(encoded(picture(), "PNG", exif=exif(6), icc_profile=PROFILE), *told, chunk(b"pHYs", size))
    before, after = chunks_of(sent), chunks_of(turned(sent))
    for kind in (b"gAMA", b"cHRM", b"sBIT", b"cICP", b"cLLI"):
        assert after[kind] == before[kind]
    assert b"iCCP" in after
    assert struct.unpack(">IIB", after[b"pHYs"]) == (6000, 3000, 1)
    assert b"eXIf" not in after


def test_a_png_without_a_size_in_print_gets_none(turned: Turned) -> None:
    assert b"pHYs" not in chunks_of(turned(encoded(picture(), "PNG", exif=exif(3))))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_turned_webp_without_loss_stays_so(turned: Turned, mode: str, orientation: int) -> None:
    image = picture(mode="RGB").convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))  # its first row is invisible, and kept too
    sent = encoded(image, "WEBP", lossless=True, exact=True, exif=exif(orientation), icc_profile=PROFILE)
    content = turned(sent)
    assert b"VP8L" in content
    assert opened(content).tobytes() == ImageOps.exif_transpose(opened(sent)).tobytes()
    assert opened(content).info["icc_profile"] == PROFILE


def test_a_turned_webp_with_loss_does_not_grow_to_one_without(turned: Turned) -> None:
    content = turned(encoded(picture(400, 300), "WEBP", exif=exif(6)))
    assert b"VP8L" not in content


def test_a_turned_jpeg_stays_progressive_and_keeps_its_size_in_print(turned: Turned) -> None:
    sent = encoded(picture(), progressive=True, dpi=(300, 150), exif=exif(6), subsampling="4:2:0")
    image = opened(turned(sent))
    assert image.info["progressive"]
    assert image.info["dpi"] == (150, 300)
    assert image.layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]


def test_a_palette_picture_without_its_palette_is_refused(turned: Turned) -> None:
    with pytest.raises(Problem):
        turned(png_of(3, 8))
