"""HEIC is read by our own rules before it is decoded, within the library's own limits."""

import pi_heif  # type: ignore[import-untyped]
import pytest
from chassis.problems import Problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media_service.pictures import hevc
from media_service.pictures.refusals import Cause
from media_service.testing import drawn_hevc
from media_service.testing.cleaned import Clean, Large, outcome
from media_service.testing.drawn import difference, opened, picture
from media_service.testing.drawn_avif import Made, colours, size
from media_service.testing.drawn_heic import ALPHA, coded, heic, in_tiles
from PIL import Image

NOTE = b"Box Camera, Greenwich"


def test_the_library_keeps_its_limits_and_decodes_the_picture_alone() -> None:
    options = pi_heif.options
    assert (options.DISABLE_SECURITY_LIMITS, options.DECODE_THREADS) == (False, 1)
    assert not any((options.THUMBNAILS, options.DEPTH_IMAGES, options.AUX_IMAGES))


@pytest.mark.parametrize("subsampling", [True, False])
@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("shown", [(64, 48), (70, 46), (512, 16)])
def test_its_pixels_say_how_large_it_is(shown: tuple[int, int], depth: int, subsampling: bool) -> None:
    found = drawn_hevc.coded(picture(*shown), depth=depth, subsampling=subsampling)
    (sequence,) = hevc.configuration(drawn_hevc.hvcc(found)).sequences()
    assert sequence == hevc.Sequence(*shown, depth, 1 if subsampling else 3)


def test_a_configuration_keeps_parameter_sets_alone() -> None:
    content = drawn_hevc.hvcc(drawn_hevc.coded(picture()))
    note = bytes([0x80 | 39, 0, 1, 0, len(NOTE)]) + NOTE
    noted = content[:22] + bytes([content[22] + 1]) + note + content[23:]
    assert hevc.configuration(noted).content() == content


def test_transparency_that_is_mixed_in_is_taken_out(cleaned: Clean) -> None:
    half = Image.new("L", (64, 48), 128)
    mixed = Image.new("RGB", (64, 48), (64, 32, 16))
    sent = heic(coded(mixed, subsampling=False), coded(half, ALPHA), references=[(b"auxl", 2, [1]), (b"prem", 1, [2])])
    _, content = cleaned(sent)
    assert opened(content).getpixel((30, 20)) == pytest.approx((127, 64, 32, 128), abs=6)


@pytest.mark.parametrize("points", [(9, 16), (9, 18)])
def test_light_brighter_than_a_screen_is_brought_to_one(cleaned: Clean, points: tuple[int, int]) -> None:
    grey = Image.new("RGB", (64, 48), (90, 90, 90))
    _, content = cleaned(heic(coded(grey, colours(*points), depth=10, points=points)))
    assert opened(content).getpixel((9, 9)) != pytest.approx((90, 90, 90), abs=6)


def refusal(cleaned: Clean, content: bytes) -> object:
    with pytest.raises(Problem) as refused:
        cleaned(content)
    assert (refused.value.status, refused.value.code) == (422, "image_refused")
    return (refused.value.members or {})["cause"]


GOOD = coded(picture())
TOO_LARGE = [size(640, 480), *GOOD.properties[1:]]
ODD = {
    "pixels of another size": (Made(b"hvc1", GOOD.content, TOO_LARGE), Cause.DAMAGED),
    "no slices": (Made(b"hvc1", b"", GOOD.properties), Cause.NO_PICTURE),
    "a unit longer than its item": (Made(b"hvc1", b"\0\0\xff\xff&\1", GOOD.properties), Cause.DAMAGED),
    "slices of another layer alone": (Made(b"hvc1", b"\0\0\0\3&\x09\0", GOOD.properties), Cause.NO_PICTURE),
    "slices that begin with the second": (
        Made(b"hvc1", GOOD.content[4 + int.from_bytes(GOOD.content[:4], "big") :], GOOD.properties),
        Cause.UNDECODABLE,
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_odd_is_refused_with_its_cause(cleaned: Clean, kind: str) -> None:
    item, cause = ODD[kind]
    assert refusal(cleaned, heic(item)) == cause


def test_tiles_make_one_picture_in_few_parts(cleaned: Clean, large: Large) -> None:
    sent = in_tiles(picture(150, 100), 64)
    kept, _ = cleaned(sent)
    assert (kept.width, kept.height) == (150, 100)
    assert difference(large(sent), picture(150, 100)) < 6


WHOLE = heic(GOOD, Made(b"Exif", NOTE), references=[(b"cdsc", 2, [1])])
changes = st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=4)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes, st.just(len(WHOLE)) | st.integers(1, len(WHOLE)))
def test_whatever_is_wrong_with_it_it_is_taken_or_refused_with_a_cause(
    cleaned: Clean, changes: list[tuple[int, int]], length: int
) -> None:
    sent = bytearray(WHOLE)
    for at, value in changes:
        sent[at] = value
    found = outcome(cleaned, bytes(sent[:length]))
    if not isinstance(found, Problem):
        assert NOTE not in found
