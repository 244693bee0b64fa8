"""What is kept of a picture that was sent, and what is refused."""

import io
import random
import struct

import pytest
from chassis.problems import Problem
from media_service.testing.cleaned import Clean
from media_service.testing.drawn import PROFILE, XMP, animation, difference, encoded, exif, jpeg, opened, picture
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

KINDS = ("JPEG", "PNG", "WEBP")  # that EXIF turns
NOTES = (b"Box Camera", b"Greenwich", b"Exif", b"GPS")


def refusal(cleaned: Clean, content: bytes) -> tuple[int, str]:
    with pytest.raises(Problem) as refused:
        cleaned(content)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize("kind", [*KINDS, "AVIF"])
def test_notes_and_place_are_gone_and_the_rest_is_as_it_was(cleaned: Clean, kind: str) -> None:
    sent = encoded(picture(), kind, exif=exif(), xmp=XMP, icc_profile=PROFILE)
    assert any(note in sent for note in NOTES)

    kept, content = cleaned(sent)

    assert not [note for note in NOTES if note in content]
    image = opened(content)
    assert dict(image.getexif()) == {}
    assert image.info["icc_profile"] == PROFILE
    assert image.tobytes() == opened(sent).tobytes()
    assert (kept.mime, kept.width, kept.height, kept.bytes) == (Image.MIME[kind], 64, 48, len(content))


def test_comments_and_thumbnails_of_a_jpeg_are_gone(cleaned: Clean) -> None:
    sent = jpeg(comment=b"taken at home")
    jfif = b"\xff\xe0\x00\x13JFIF\0\x01\x02\x00\x00\x01\x00\x01\x01\x01abc"  # a thumbnail of one pixel
    _, content = cleaned(sent[:2] + jfif + sent[20:])
    assert b"at home" not in content
    assert b"abc" not in content
    opened(content)


def test_text_of_a_png_is_gone(cleaned: Clean) -> None:
    notes = PngInfo()
    notes.add_text("Comment", "taken at home")
    _, content = cleaned(encoded(picture(), "PNG", pnginfo=notes))
    assert b"at home" not in content


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_orientation_is_baked_in(cleaned: Clean, kind: str, orientation: int) -> None:
    sent = encoded(picture(), kind, exif=exif(orientation), icc_profile=PROFILE)

    kept, content = cleaned(sent)

    image, upright = opened(content), ImageOps.exif_transpose(opened(sent))
    assert (kept.width, kept.height) == image.size == upright.size
    assert difference(image, upright) < 6
    assert dict(image.getexif()) == {}
    assert image.info["icc_profile"] == PROFILE


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("L", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("RGBA", "WEBP")]
)
def test_a_turned_picture_keeps_its_colours(cleaned: Clean, mode: str, kind: str) -> None:
    sent = encoded(picture(mode=mode), kind, exif=exif(6), quality=95)
    _, content = cleaned(sent)
    assert opened(content).getbands() == opened(sent).getbands() or mode == "P"
    assert difference(opened(content), ImageOps.exif_transpose(opened(sent))) < 6


@pytest.mark.parametrize("kind", [*KINDS, "AVIF"])
def test_bytes_after_the_end_are_dropped(cleaned: Clean, kind: str) -> None:
    sent = encoded(picture(), kind)
    assert cleaned(sent + b"PK\x03\x04 the rest of a motion photo")[1] == cleaned(sent)[1]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("RGBA", "PNG"),
     ("I;16", "PNG"), ("RGBA", "WEBP"), ("P", "GIF")],
)  # fmt: skip
def test_every_mode_is_kept_as_it_is(cleaned: Clean, mode: str, kind: str) -> None:
    sent = encoded(Image.new(mode, (64, 48), 40_000) if mode == "I;16" else picture(mode=mode), kind)
    _, content = cleaned(sent)
    assert (opened(content).mode, opened(content).tobytes()) == (opened(sent).mode, opened(sent).tobytes())


def test_a_progressive_jpeg_stays_one(cleaned: Clean) -> None:
    assert opened(cleaned(jpeg(progressive=True))[1]).info["progressive"]


def test_the_spectral_selection_that_some_phones_write_is_put_right(cleaned: Clean) -> None:
    sent = bytearray(jpeg())
    header = sent.index(b"\xff\xda")
    end = header + 2 + struct.unpack_from(">H", sent, header + 2)[0]
    sent[end - 3 : end] = b"\x00\x00\x00"  # libjpeg warns of it, and a warning is damage elsewhere
    assert cleaned(bytes(sent))[1] == cleaned(jpeg())[1]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one(cleaned: Clean, kind: str) -> None:
    kept, content = cleaned(animation(9, kind))
    image = opened(content)
    assert (image.n_frames, image.info["loop"]) == (9, 0)  # type: ignore[attr-defined]
    assert (kept.width, kept.height) == (16, 12)


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


@pytest.mark.parametrize(
    "content",
    [
        png_header(50_000, 50_000),
        b"GIF89a" + struct.pack("<HH", 50_000, 50_000) + b"\0\0\0;",
        b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 50_000, 50_000) + bytes(12),
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\x4f\xc3\0" * 2,
        animation(21),
        animation(21, "WEBP"),
        animation(21, "PNG"),
        animation(11, size=(100, 100)),
        animation(11, "PNG", size=(100, 100)),
        encoded(Image.new("1", (1001, 1000)), "PNG"),
    ],
    ids=[
        "png",
        "gif",
        "jpeg",
        "webp",
        "gif frames",
        "webp frames",
        "png frames",
        "all frames together",
        "all png frames together",
        "one pixel row too many",
    ],
)
def test_too_many_pixels_or_frames_are_too_large(cleaned: Clean, content: bytes) -> None:
    assert refusal(cleaned, content) == (413, "too_large")


def test_as_many_pixels_and_frames_as_allowed_are_taken(cleaned: Clean) -> None:
    cleaned(encoded(Image.new("1", (1000, 1000)), "PNG"))
    cleaned(animation(20))


@pytest.mark.parametrize(
    "content",
    [
        b"I am only called photograph.jpg.\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"#!/bin/sh\n",
        b"<?php phpinfo();",
        b"%PDF-1.4\n" + jpeg(),
        b"PK\x03\x04" + jpeg(),
        b"\n" + jpeg(),
        encoded(picture(), "BMP"),
        encoded(picture(), "TIFF"),
        b"\0",
    ],
)
def test_what_begins_as_anything_else_is_no_picture(cleaned: Clean, content: bytes) -> None:
    assert refusal(cleaned, content) == (415, "unsupported_media_type")


ALL = {"JPEG": jpeg(), "progressive": jpeg(progressive=True), "PNG": encoded(picture(), "PNG"),
       "WEBP": encoded(picture(), "WEBP"), "lossless": encoded(picture(), "WEBP", lossless=True),
       "GIF": encoded(picture(mode="P"), "GIF"), "frames": animation(5),
       "WEBP frames": animation(5, "WEBP"), "AVIF": encoded(picture(), "AVIF")}  # fmt: skip


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_picture_is_refused(cleaned: Clean, kind: str, part: float) -> None:
    whole = ALL[kind]
    assert refusal(cleaned, whole[: max(int(len(whole) * part), 16)])[0] == 422


def test_a_truncated_jpeg_with_an_end_put_to_it_is_refused(cleaned: Clean) -> None:
    assert refusal(cleaned, jpeg(400, 300)[:3000] + b"\xff\xd9") == (422, "image_refused")


def test_a_png_with_a_wrong_checksum_is_refused(cleaned: Clean) -> None:
    damaged = bytearray(encoded(picture(), "PNG"))
    damaged[damaged.index(b"IDAT") + 20] ^= 1
    assert refusal(cleaned, bytes(damaged)) == (422, "image_refused")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 600_000,
        b"\xff\xd8" + b"\xff" * 100_000,
        jpeg().replace(b"\xff\xc0", b"\xff\xc3", 1),
        png_header(10, 10)[:-8],
        png_header(0, 10) + bytes(20),
        b"RIFF\x04\0\0\0WEBP",
        b"GIF89a\n\0\n\0=1;alert(document.domain)//" + bytes(50),
        b"GIF89a\1\0\1\0\0\0\0;",
    ],
    ids=["empty", "comments", "fill", "lossless", "short", "no width", "no chunk", "script", "no frame"],
)
def test_what_only_begins_like_a_picture_is_refused(cleaned: Clean, content: bytes) -> None:
    assert refusal(cleaned, content) == (422, "image_refused")


def test_a_script_in_a_picture_does_not_survive(cleaned: Clean) -> None:
    script = b"<?php system($_GET['c']); ?>"
    for content in (jpeg(comment=script), jpeg() + script, encoded(picture(), "PNG") + script):
        assert script not in cleaned(content)[1]


@pytest.mark.parametrize("kind", ALL)
def test_damage_is_refused_or_harmless(cleaned: Clean, kind: str) -> None:
    chance, statuses = random.Random(kind), set()
    for _ in range(60):
        damaged = bytearray(ALL[kind])
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            kept, content = cleaned(bytes(damaged))
        except Problem as refused:
            statuses.add(refused.status)
        else:
            assert kept.bytes == len(content)
            Image.open(io.BytesIO(content)).verify()
    assert statuses <= {413, 415, 422}
