"""Renditions have the colours that the picture says it has, wherever it says it.

The expected values are computed here with the matrices that CSS Color 4 prints; those of HDR are Chromium 156's.
"""

import struct
from collections.abc import Sequence

import pytest
from media_service.testing.cleaned import Large
from media_service.testing.drawn import (
    ADOBE_RGB,
    PROFILE,
    chunk,
    code_points,
    encoded,
    exif,
    gamma,
    with_chunks,
)
from PIL import Image

Colour = tuple[int, ...]

TOLERANCE = 3  # levels of 255
PATCHES = ((200, 60, 40), (40, 160, 80), (60, 80, 200), (128, 128, 128), (250, 210, 40), (16, 16, 16))
SIDE = 24

NONE = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
DISPLAY_P3 = ((1.224940, -0.224940, 0), (-0.042057, 1.042057, 0), (-0.019638, -0.078636, 1.098274))
ADOBE = ((1.398356, -0.398356, 0), (0, 1, 0), (0, -0.042929, 1.042929))
REC_2020 = ((1.660491, -0.587641, -0.072850), (-0.124550, 1.132900, -0.008349), (-0.018151, -0.100579, 1.118730))
SRGB_CHUNK = chunk(b"sRGB", b"\0")


def shown(stored: Colour, exponent: float | None = None, matrix: Sequence[Sequence[float]] = NONE) -> Colour:
    """What sRGB says for a colour that is stored with this exponent (None: sRGB's own curve) in these primaries."""
    light = [_light(level / 255) if exponent is None else (level / 255) ** exponent for level in stored]
    mixed = [sum(weight * part for weight, part in zip(row, light, strict=True)) for row in matrix]
    return tuple(round(255 * _level(min(max(part, 0), 1))) for part in mixed)


def _light(level: float) -> float:
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4


def _level(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def patches(colours: Sequence[Colour] = PATCHES) -> Image.Image:
    image = Image.new("RGB", (SIDE * len(colours), SIDE))
    for number, colour in enumerate(colours):
        image.paste(colour, (SIDE * number, 0, SIDE * (number + 1), SIDE))
    return image


def colours_of(image: Image.Image) -> list[Colour]:
    middles = range(SIDE // 2, image.width, SIDE)
    return [image.convert("RGB").getpixel((x, SIDE // 2)) for x in middles]  # type: ignore[misc]


def assert_alike(seen: Sequence[Colour], expected: Sequence[Colour]) -> None:
    worst = max(abs(a - b) for one, other in zip(seen, expected, strict=True) for a, b in zip(one, other, strict=True))
    assert worst <= TOLERANCE, (seen, expected)


@pytest.mark.parametrize(
    ("chunks", "exponent", "matrix"),
    [
        ([gamma(1)], 1, NONE),
        ([gamma(1 / 1.8)], 1.8, NONE),
        ([gamma(0.45455)], None, NONE),
        ([gamma(0.45455), ADOBE_RGB], 2.2, ADOBE),
        ([gamma(1), ADOBE_RGB], 1, ADOBE),
        ([ADOBE_RGB], None, NONE),
        ([code_points(12, 13)], None, DISPLAY_P3),
        ([code_points(12, 8)], 1, DISPLAY_P3),
        ([code_points(1, 4)], 2.2, NONE),
        ([code_points(9, 14)], 2.4, REC_2020),
        ([code_points(1, 13)], None, NONE),
        ([SRGB_CHUNK, gamma(1), ADOBE_RGB], None, NONE),
        ([code_points(12, 13), SRGB_CHUNK, gamma(1)], None, DISPLAY_P3),
        ([code_points(2, 2), gamma(1)], 1, NONE),
        ([code_points(12, 13, matrix=1)], None, NONE),
        ([gamma(0)], None, NONE),
        ([gamma(1), chunk(b"cHRM", bytes(32))], None, NONE),
        ([], None, NONE),
    ],
    ids=["linear", "1.8", "usual", "Adobe RGB", "linear in wide", "cHRM alone", "Display P3", "linear P3", "2.2",
         "Rec. 2020", "cICP of sRGB", "sRGB before gAMA", "cICP before all", "cICP says nothing", "cICP is wrong",
         "no gamma", "no colours", "nothing"],
)  # fmt: skip
def test_what_a_png_says_of_its_colours_is_heeded(
    large: Large, chunks: list[bytes], exponent: float | None, matrix: Sequence[Sequence[float]]
) -> None:
    sent = with_chunks(encoded(patches(), "PNG"), *chunks)
    assert_alike(colours_of(large(sent)), [shown(colour, exponent, matrix) for colour in PATCHES])


def test_code_points_come_before_a_profile_and_a_profile_before_a_gamma(large: Large) -> None:
    red_is_blue = PROFILE.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    sent = encoded(patches([(255, 0, 0)]), "PNG", icc_profile=red_is_blue)
    assert_alike(colours_of(large(with_chunks(sent, gamma(1)))), [(0, 0, 255)])
    assert_alike(colours_of(large(with_chunks(sent, code_points(1, 13)))), [(255, 0, 0)])
    assert_alike(colours_of(large(with_chunks(sent, code_points(1, 8)))), [(255, 0, 0)])


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16"])
def test_a_gamma_is_heeded_in_every_kind_of_png(large: Large, mode: str) -> None:
    greys = [(level, level, level) for level in (20, 60, 128, 200)]
    image = _sixteen_bits(patches(greys)) if mode == "I;16" else patches(greys)
    image = image.quantize(8) if mode == "P" else image.convert(mode)
    sent = with_chunks(encoded(image, "PNG"), gamma(1))
    assert_alike(colours_of(large(sent)), [shown(grey, 1) for grey in greys])


def _sixteen_bits(image: Image.Image) -> Image.Image:
    doubled = b"".join(bytes([level, level]) for level in image.convert("L").tobytes())
    return Image.frombytes("I;16", image.size, doubled)


def test_transparency_is_not_a_colour(large: Large) -> None:
    made = large(with_chunks(encoded(Image.new("RGBA", (50, 60), (60, 60, 60, 100)), "PNG"), gamma(1)))
    assert made.getpixel((9, 9)) == pytest.approx((*shown((60, 60, 60), 1), 100), abs=TOLERANCE)


def test_dark_shades_of_sixteen_bits_are_not_lost(large: Large) -> None:
    image = Image.new("I;16", (SIDE, SIDE), 300)  # 1 of 255, if it were cut to 8 bits before its gamma is heeded
    expected = round(255 * _level(300 / 65535))
    assert_alike(colours_of(large(with_chunks(encoded(image, "PNG"), gamma(1)))), [(expected,) * 3])


@pytest.mark.parametrize(("transfer", "expected"), [(16, (1, 30, 132, 255)), (18, (3, 43, 99, 202))], ids=["PQ", "HLG"])
def test_more_light_than_a_screen_has_is_compressed_as_browsers_do_it(
    large: Large, transfer: int, expected: Sequence[int]
) -> None:
    greys = [(level, level, level) for level in (16, 64, 128, 200)]
    sent = with_chunks(encoded(patches(greys), "PNG"), code_points(9, transfer))
    assert_alike(colours_of(large(sent)), [(level, level, level) for level in expected])


def test_a_turned_png_keeps_what_tells_its_colours(large: Large) -> None:
    linear = with_chunks(encoded(patches().rotate(90, expand=True), "PNG", exif=exif(6)), gamma(1), ADOBE_RGB)
    assert_alike(colours_of(large(linear)), [shown(colour, 1, ADOBE) for colour in PATCHES])


def tables(intents: dict[int, Colour], asked: int) -> bytes:
    """A profile that makes every colour one, another one for each rendering intent: Lab by its tables A2B0 to A2B2."""
    bodies = {b"A2B%d" % number: _table(lab) for number, lab in intents.items()}
    bodies[b"wtpt"] = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    head = struct.pack(">4s4s4s4s", b"lcms", b"\2\x40\0\0", b"scnr", b"RGB ") + b"Lab " + bytes(12) + b"acsp"
    head += bytes(24) + struct.pack(">I3i", asked, 63190, 65536, 54061) + bytes(48)
    index, content, at = struct.pack(">I", len(bodies)), b"", 132 + 12 * len(bodies)
    for name, body in bodies.items():
        index += name + struct.pack(">II", at + len(content), len(body))
        content += body
    whole = head + index + content
    return struct.pack(">I", len(whole) + 4) + whole


def _table(lab: Colour) -> bytes:
    identity = bytes(range(256)) * 3
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    return b"mft1\0\0\0\0\3\3\2\0" + matrix + identity + bytes(lab) * 8 + identity


WHITE_LAB, GREY_LAB, BLACK_LAB = (255, 128, 128), (137, 128, 128), (0, 128, 128)
ALL = {0: WHITE_LAB, 1: GREY_LAB, 2: BLACK_LAB}


@pytest.mark.parametrize(
    ("intents", "asked", "expected"),
    [(ALL, 0, 255), (ALL, 1, 128), (ALL, 2, 0), (ALL, 3, 128), ({0: WHITE_LAB}, 1, 255), ({1: GREY_LAB}, 0, 128)],
    ids=["perceptual", "relative", "saturation", "absolute", "only perceptual", "only relative"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_profile_has_the_rendering_intent_it_asks_for(
    large: Large, kind: str, intents: dict[int, Colour], asked: int, expected: int
) -> None:
    sent = encoded(patches([(200, 10, 90)]), kind, icc_profile=tables(intents, asked))
    assert_alike(colours_of(large(sent)), [(expected, expected, expected)])
