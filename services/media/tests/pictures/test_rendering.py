"""How renditions look."""

import logging
from collections import OrderedDict
from collections.abc import Callable

import pytest
from media_service.decoding.decoder import Decoder
from media_service.pictures import vips_log
from media_service.pictures.cleaning import format_of
from media_service.pictures.outcomes import Rendered
from media_service.pictures.rendering import render
from media_service.pictures.scratch import Scratch
from media_service.pictures.vips import Error
from media_service.presets import PRESETS
from media_service.testing.drawn import PROFILE, animation, difference, encoded, jpeg, opened, picture
from PIL import Image

Render = Callable[[bytes], dict[str, Rendered]]


@pytest.fixture
def rendered(scratch: Scratch) -> Render:
    def run(content: bytes) -> dict[str, Rendered]:
        file = scratch.file()
        file.write(content)
        file.flush()
        return {made.name: made for made in render(file, format_of(content[:64]).mime, scratch, PRESETS)}

    return run


def test_the_longest_side_is_that_of_the_preset(rendered: Render) -> None:
    sizes = {preset: opened(made.content).size for preset, made in rendered(jpeg(2000, 1500)).items()}
    assert sizes == {"thumb": (320, 240), "medium": (800, 600), "large": (1600, 1200)}
    upright = {preset: opened(made.content).size for preset, made in rendered(jpeg(150, 1700)).items()}
    assert upright == {"thumb": (28, 320), "medium": (71, 800), "large": (141, 1600)}


def test_a_picture_is_never_enlarged(rendered: Render) -> None:
    sizes = {preset: opened(made.content).size for preset, made in rendered(jpeg(500, 300)).items()}
    assert sizes == {"thumb": (320, 192), "medium": (500, 300), "large": (500, 300)}
    assert {opened(made.content).size for made in rendered(jpeg(1, 1)).values()} == {(1, 1)}


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGB", "JPEG"), ("L", "JPEG"), ("RGB", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"),
     ("RGBA", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP"), ("P", "GIF")],
)  # fmt: skip
def test_every_kind_of_picture_looks_as_it_did(rendered: Render, mode: str, kind: str) -> None:
    sent = opened(encoded(picture(640, 480, mode), kind))
    large = opened(rendered(encoded(sent, kind))["large"].content)
    assert large.format == "WEBP"
    assert difference(large, sent) < 16  # WebP dislikes the dither of palettes most


def test_sixteen_bits_become_eight(rendered: Render) -> None:
    made = rendered(encoded(Image.new("I;16", (50, 60), 40_000), "PNG"))["large"]
    assert opened(made.content).convert("L").getpixel((9, 9)) == pytest.approx(40_000 / 257, abs=3)


def test_four_inks_without_a_profile_are_drawn_in_every_size(decoder: Decoder, scratch: Scratch) -> None:
    """libvips leaves a profile in the first whose bytes it has freed; who reads it for the second, dies."""
    picture_file = scratch.file()
    picture_file.write(encoded(picture(mode="CMYK")))
    assert len(decoder.render(picture_file, "image/jpeg", scratch.file(), PRESETS)) == len(PRESETS)


def test_cmyk_becomes_a_picture_for_screens(rendered: Render) -> None:
    made = opened(rendered(encoded(Image.new("CMYK", (50, 60), (0, 255, 255, 0)), "JPEG"))["large"].content)
    red, green, blue = made.getpixel((9, 9))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 90


def test_what_shines_through_stays_so(rendered: Render) -> None:
    made = opened(rendered(encoded(Image.new("RGBA", (50, 60), (9, 9, 9, 100)), "PNG"))["thumb"].content)
    assert made.mode == "RGBA"
    assert made.getpixel((9, 9))[3] == pytest.approx(100, abs=2)  # type: ignore[index]


def test_a_colour_profile_is_applied(rendered: Render) -> None:
    red_is_blue = PROFILE.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    sent = encoded(Image.new("RGB", (50, 60), (255, 0, 0)), quality=95, icc_profile=red_is_blue)
    made = opened(rendered(sent)["large"].content)
    assert made.getpixel((9, 9)) == pytest.approx((0, 0, 255), abs=12)
    assert "icc_profile" not in made.info


@pytest.mark.parametrize("profile", [PROFILE, b"no profile"])
def test_a_usual_colour_profile_and_a_broken_one_change_nothing(rendered: Render, profile: bytes) -> None:
    made = opened(rendered(encoded(picture(400, 300), quality=95, icc_profile=profile))["large"].content)
    assert difference(made, picture(400, 300)) < 6


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_shows_its_first_frame(rendered: Render, kind: str) -> None:
    made = opened(rendered(animation(5, kind))["large"].content)
    assert made.size == (16, 12)
    assert not made.is_animated  # type: ignore[attr-defined]


def test_the_log_holds_no_chatter_of_libvips_and_each_complaint_once(
    rendered: Render, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vips_log.once, "heard", OrderedDict())
    caplog.set_level(logging.INFO)
    for side in (400, 500):
        rendered(encoded(picture(side, 300), "PNG", icc_profile=b"no profile"))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "VIPS: iCCP: too short")
    ]


def test_what_is_no_picture_cannot_be_rendered(rendered: Render) -> None:
    with pytest.raises(Error):
        rendered(b"\xff\xd8\xff\xd9")
