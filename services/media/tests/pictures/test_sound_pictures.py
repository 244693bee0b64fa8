"""What browsers show is taken, whatever decoders complain of; what is refused tells its cause."""

import re
import struct
import zlib

import pytest
from chassis.problems import Problem
from media_service.testing.cleaned import Clean
from media_service.testing.drawn import PROFILE, animation, chunk, difference, encoded, jpeg, opened, picture
from PIL import Image

ONE_COLOUR = bytes.fromhex("5249464614000000574542505650384c080000002f63c01800888808")  # black, 100 by 100


def with_chunk(png: bytes, *chunks: bytes, before: bytes = b"IDAT") -> bytes:
    at = png.index(before) - 4
    return png[:at] + b"".join(chunks) + png[at:]


def with_wrong_sum(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def adobe(transform: int) -> bytes:
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])


def with_bytes_before_a_restart() -> bytes:
    whole = jpeg(400, 300, restart_marker_blocks=10)
    at = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", whole)][3]
    return whole[:at] + b"at home" + whole[at:]


J, P, G = jpeg(quality=95), encoded(picture(), "PNG"), encoded(picture(mode="P"), "GIF")
PALETTE = encoded(picture(mode="P"), "PNG")
W = encoded(picture(16, 16), "WEBP", lossless=True)
DENSITY = chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1))
SOUND = {
    "JFIF 2.00": (J.replace(b"JFIF\0\1", b"JFIF\0\2"), J),
    "JFIF 0.00": (J.replace(b"JFIF\0\1\1", b"JFIF\0\0\0"), J),
    "Adobe transform 2 of three": (J[:2] + adobe(2) + J[20:], J),
    "Adobe transform 9 of three": (J[:2] + adobe(9) + J[20:], J),
    "no end of a JPEG": (J[:-2], J),
    "half an end of a JPEG": (J[:-1], J),
    "wrong sum of a side chunk": (with_chunk(P, with_wrong_sum(DENSITY)), P),
    "wrong sum of a profile": (with_chunk(P, with_wrong_sum(chunk(b"iCCP", b"x\0\0" + zlib.compress(PROFILE)))), P),
    "wrong sum of a suggested palette": (with_chunk(P, with_wrong_sum(chunk(b"PLTE", bytes(6)))), P),
    "wrong sum of the end": (with_wrong_sum(P), P),
    "no end of a PNG": (P[:-12], P),
    "no end of a GIF": (G[:-1], G),
    "no end of an animation": (animation(5)[:-1], animation(5)),
    "28 bytes of WebP": (ONE_COLOUR, encoded(Image.new("RGB", (100, 100)), "PNG")),
}
"""By what is unusual about it: a file as it is sent, and one that looks the same."""


@pytest.mark.parametrize("name", SOUND)
def test_what_browsers_show_is_taken(cleaned: Clean, name: str) -> None:
    sent, meant = SOUND[name]
    _, content = cleaned(sent)
    assert difference(opened(content), opened(meant)) == 0


@pytest.mark.parametrize("name", SOUND)
def test_what_is_kept_of_it_is_taken_again_as_it_is(cleaned: Clean, name: str) -> None:
    _, content = cleaned(SOUND[name][0])
    assert cleaned(content)[1] == content


def test_bytes_before_a_restart_marker_are_left_out(cleaned: Clean) -> None:
    _, content = cleaned(with_bytes_before_a_restart())
    assert difference(opened(content), opened(jpeg(400, 300))) < 2
    assert b"at home" not in content


def test_bytes_at_the_end_of_a_progressive_scan_are_left_out(cleaned: Clean) -> None:
    whole = jpeg(400, 300, progressive=True)
    _, content = cleaned(whole[:-2] + b"taken at home" + whole[-2:])
    assert difference(opened(content), opened(whole)) < 2
    assert b"at home" not in content


def test_a_webp_without_the_byte_that_evens_it_is_taken(cleaned: Clean) -> None:
    odd = next(content for size in range(16, 60) if _pads(content := encoded(picture(size, 16), "WEBP", lossless=True)))
    assert cleaned(odd[:-1])[1] == odd


def _pads(webp: bytes) -> bool:
    return int.from_bytes(webp[16:20], "little") % 2 == 1


REFUSED = {
    "truncated": (J[:-40], "truncated"),
    "half of a progressive JPEG": (jpeg(progressive=True)[:-2], "truncated"),
    "half a PNG": (P[: len(P) // 2], "truncated"),
    "a frame cut in two": (G[:-40], "truncated"),
    "half a WebP": (W[: len(W) // 2], "truncated"),
    "wrong sum of the pixels": (P.replace(P[-16:-12], b"abcd"), "checksum"),
    "wrong sum of the palette": (PALETTE[:60] + b"\1" + PALETTE[61:], "checksum"),
    "no scan": (b"\xff\xd8\xff\xd9", "no_picture"),
    "no frame": (b"GIF89a\1\0\1\0\0\0\0;", "no_picture"),
    "no pixels": (P[:33] + P[-12:], "no_picture"),
    "no chunk": (b"RIFF\x16\0\0\0WEBPVP8X\x0a" + bytes(13), "no_picture"),
    "no width": (P[:16] + bytes(4) + P[20:], "no_size"),
    "lossless JPEG": (J.replace(b"\xff\xc0", b"\xff\xc3", 1), "coding"),
    "comments only": (b"\xff\xd8" + b"\xff\xfe\x00\x02" * 600_000, "segments"),
    "unknown block": (G[:-1] + b"\x99" + G[-1:], "damaged"),
    "a bad filter": (with_chunk(P[:33] + P[-12:], chunk(b"IDAT", zlib.compress(b"\x09" * 9264)), before=b"IEND"),
                     "undecodable"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_tells_its_cause(cleaned: Clean, name: str) -> None:
    content, cause = REFUSED[name]
    with pytest.raises(Problem) as refused:
        cleaned(content)
    assert (refused.value.status, refused.value.code) == (422, "image_refused")
    assert refused.value.members == {"cause": cause}


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (encoded(picture(1001, 1000, "L"), "PNG"), "pixels"),
        (animation(11, size=(100, 100)), "pixels"),
        (animation(21), "frames"),
    ],
)
def test_so_does_what_is_too_large(cleaned: Clean, content: bytes, cause: str) -> None:
    with pytest.raises(Problem) as refused:
        cleaned(content)
    assert (refused.value.status, refused.value.members) == (413, {"cause": cause})
