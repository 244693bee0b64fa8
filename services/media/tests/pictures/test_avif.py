"""AVIF is taken in every form that browsers show; nothing stays in it but what shows the picture."""

import struct
from typing import Any

import pytest
from chassis.problems import Problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from media_service.pictures.boxes import box, full_box
from media_service.pictures.refusals import Cause
from media_service.testing.cleaned import Clean, Large, outcome
from media_service.testing.drawn import (
    PROFILE,
    code_points,
    difference,
    encoded,
    exif,
    opened,
    picture,
    with_chunks,
)
from media_service.testing.drawn_avif import ALPHA, Made, assembled, coded, colours, grid, size
from PIL import Image, ImageOps

NOTE = b"Box Camera, Greenwich"


def translucent(width: int = 64, height: int = 48) -> Image.Image:
    image = picture(width, height, "RGBA")
    image.putalpha(Image.linear_gradient("L").resize((width, height)))
    return image


def with_alpha(image: Image.Image) -> list[Made]:
    return [coded(image.convert("RGB")), coded(image.getchannel("A"), ALPHA)]


def in_tiles(image: Image.Image, side: int) -> list[Made]:
    """A grid and its tiles, of which the last reach over the edges."""
    rows, columns = -(-image.height // side), -(-image.width // side)
    places = [(side * column, side * row) for row in range(rows) for column in range(columns)]
    tiles = [image.crop((left, top, left + side, top + side)) for left, top in places]
    return [grid(*image.size, rows, columns), *map(coded, tiles)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_turns_it_is_kept_and_the_size_is_the_one_that_is_large(
    cleaned: Clean, large: Large, orientation: int
) -> None:
    sent = encoded(picture(), "AVIF", exif=exif(orientation))
    upright = ImageOps.exif_transpose(opened(sent))

    kept, content = cleaned(sent)

    assert (kept.width, kept.height) == upright.size
    assert ImageOps.exif_transpose(opened(content)).tobytes() == upright.tobytes()
    assert difference(large(sent), upright) < 6


def test_what_crops_it_is_kept_and_the_size_is_the_one_that_is_large(cleaned: Clean, large: Large) -> None:
    crop = box(b"clap", struct.pack(">IIIIiIiI", 32, 1, 24, 1, -16, 1, -12, 1))
    sent = assembled([coded(picture(), crop)])
    kept, _ = cleaned(sent)
    assert (kept.width, kept.height) == large(sent).size == (32, 24)
    assert difference(large(sent), picture().crop((0, 0, 32, 24))) < 6


@pytest.mark.parametrize(
    "form", [{}, {"parts": 3}, {"method": 1}, {"method": 1, "parts": 2}, {"first": box(b"free", NOTE)}]
)
def test_its_parts_may_lie_anywhere(cleaned: Clean, form: dict[str, Any]) -> None:
    usual = cleaned(encoded(translucent(), "AVIF"))[1]
    notes = Made(b"Exif", bytes(4) + NOTE), Made(b"mime", NOTE)
    items = [*with_alpha(translucent()), *notes]
    sent = assembled(items, (b"auxl", 2, [1]), (b"cdsc", 3, [1]), (b"cdsc", 4, [1]), **form)

    kept, content = cleaned(sent + box(b"uuid", NOTE) + NOTE)

    assert (kept.width, kept.height, kept.left_out) == (64, 48, "")
    assert NOTE not in content
    assert b"camera" not in content
    assert opened(content).mode == "RGBA"
    assert difference(opened(content), opened(usual)) < 2


def test_transparency_is_kept(cleaned: Clean, large: Large) -> None:
    sent = encoded(translucent(), "AVIF")
    assert opened(cleaned(sent)[1]).tobytes() == opened(sent).tobytes()
    alpha = large(sent).getchannel("A")
    assert difference(alpha, translucent().getchannel("A")) < 4


@pytest.mark.parametrize("form", [{}, {"method": 1, "parts": 2}])
def test_tiles_make_one_picture(cleaned: Clean, large: Large, form: dict[str, Any]) -> None:
    tiles = in_tiles(picture(150, 100), 64)
    sent = assembled(tiles, (b"dimg", 1, list(range(2, len(tiles) + 1))), **form)
    kept, content = cleaned(sent)
    assert (kept.width, kept.height) == opened(content).size == (150, 100)
    assert difference(large(sent), picture(150, 100)) < 6


def test_a_gain_map_is_left_out_and_told(cleaned: Clean) -> None:
    items = [coded(picture()), Made(b"tmap", b"\0" * 40), coded(picture(32, 24, "L"))]
    kept, content = cleaned(assembled(items, (b"dimg", 2, [1, 3])))
    assert kept.left_out == "gain_map"
    assert b"tmap" not in content


def test_notes_between_the_pixels_are_gone(cleaned: Clean) -> None:
    item = coded(picture())
    metadata, padding = (bytes([kind << 3 | 2, len(NOTE)]) + NOTE for kind in (5, 15))
    item.content = item.content[:2] + metadata + padding + item.content[2:]
    assert NOTE not in cleaned(assembled([item]))[1]


def test_properties_hide_nothing(cleaned: Clean) -> None:
    item = coded(picture(), icc_profile=PROFILE)
    longer = [box(one[4:8], one[8:] + NOTE) for one in item.properties]
    item.properties = [*longer, full_box(b"udes", NOTE), box(b"colr", b"prof" + NOTE)]
    _, content = cleaned(assembled([item]))
    assert NOTE not in content
    opened(content)


@pytest.mark.parametrize("points", [(12, 13), (9, 16), (9, 18), (1, 13), (1, 8)])
def test_colours_that_code_points_tell_are_those_of_a_png_that_tells_the_same(
    large: Large, points: tuple[int, int]
) -> None:
    item = coded(picture(), subsampling="4:4:4", quality=100)
    item.properties = [one for one in item.properties if one[4:8] != b"colr"]
    png = with_chunks(encoded(picture(), "PNG"), code_points(*points))
    sent = assembled([Made(b"av01", item.content, [*item.properties, colours(*points)])])
    assert difference(large(sent), large(png)) < 4


def test_pixels_tell_their_colours_where_the_file_does_not(large: Large) -> None:
    item = coded(picture(), subsampling="4:4:4", quality=100)
    item.properties = [one for one in item.properties if one[4:8] != b"colr"]
    assert difference(large(assembled([item])), picture()) < 4


def refusal(cleaned: Clean, content: bytes) -> tuple[int, str, object]:
    with pytest.raises(Problem) as refused:
        cleaned(content)
    return refused.value.status, refused.value.code, (refused.value.members or {})["cause"]


def test_the_picture_that_stands_for_an_animation_is_taken(cleaned: Clean) -> None:
    frames = [picture(), picture().rotate(90)]
    kept, content = cleaned(encoded(frames[0], "AVIF", save_all=True, append_images=frames[1:]))
    assert kept.left_out == "animation"
    assert difference(opened(content), picture()) < 6


def resized(width: int, height: int) -> Made:
    """An item that says it has another size than its pixels have."""
    item = coded(picture())
    item.properties = [one for one in item.properties if one[4:8] != b"ispe"]
    return Made(item.kind, item.content, [size(width, height), *item.properties])


TILES = in_tiles(picture(150, 100), 64)
ODD = {
    "no size": (assembled([Made(b"av01", b"")]), Cause.NO_SIZE),
    "no pixels": (assembled([Made(b"av01", b"", [size(64, 48)])]), Cause.NO_PICTURE),
    "smaller than its pixels": (assembled([resized(32, 24)]), Cause.DAMAGED),
    "larger than its pixels": (assembled([resized(640, 480)]), Cause.DAMAGED),
    "an item of HEVC": (assembled([Made(b"hvc1", b"", [size(64, 48)])]), Cause.CODING),
    "encrypted": (assembled([Made(b"av01", b"", [size(64, 48)], protection=1)]), Cause.CODING),
    "parts of parts": (assembled([coded(picture())], method=2), Cause.CODING),
    "an unknown property": (assembled([coded(picture(), full_box(b"what"))], essential=1), Cause.CODING),
    "cropped to nothing": (assembled([coded(picture(), box(b"clap", bytes(32)))]), Cause.DAMAGED),
    "a missing tile": (assembled(TILES, (b"dimg", 1, [2, 3, 4, 5, 6])), Cause.DAMAGED),
    "a tile of tiles": (assembled(TILES, (b"dimg", 1, [1, 2, 3, 4, 5, 6])), Cause.CODING),
    "a tile that is nowhere": (assembled(TILES, (b"dimg", 1, [2, 3, 4, 5, 6, 99])), Cause.CODING),
    "tiles of two sizes": (
        assembled([*TILES[:-1], coded(picture(32, 32))], (b"dimg", 1, [2, 3, 4, 5, 6, 7])),
        Cause.DAMAGED,
    ),
    "nothing but an animation": (box(b"ftyp", b"avis", bytes(4), b"avis") + box(b"moov"), Cause.NO_PICTURE),
    "no meta": (box(b"ftyp", b"avif", bytes(4), b"avif"), Cause.NO_PICTURE),
    "an empty meta": (box(b"ftyp", b"avif", bytes(4), b"avif") + full_box(b"meta"), Cause.NO_PICTURE),
    "a unit longer than its item": (
        assembled([Made(b"av01", b"\x0a\xff\x7f\0", [size(64, 48)])]),
        Cause.DAMAGED,
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_odd_is_refused_with_its_cause(cleaned: Clean, kind: str) -> None:
    content, cause = ODD[kind]
    assert refusal(cleaned, content) == (422, "image_refused", cause)


def test_too_many_pixels_are_refused_by_its_head(cleaned: Clean) -> None:
    sent = assembled([Made(b"av01", b"", [size(50_000, 50_000)])])
    assert refusal(cleaned, sent) == (413, "too_large", Cause.PIXELS)


WHOLE = assembled([*with_alpha(translucent()), Made(b"Exif", NOTE)], (b"auxl", 2, [1]), (b"cdsc", 3, [1]))
changes = st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=4)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        assert outcome(cleaned, found) == found
