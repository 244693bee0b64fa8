"""Nothing that is served tells where, when, by whom or with which device a picture was made."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from media_service.pictures.icc import clean_profile
from media_service.testing.cleaned import Clean
from media_service.testing.drawn import PROFILE, animation, chunk, difference, encoded, exif, jpeg, opened, picture
from PIL import Image, ImageCms

SECRET = b"taken at 51 28 40 N"
SERIAL = (1234567890).to_bytes(4, "big")

Kept = Callable[[bytes], bytes]


@pytest.fixture
def kept(cleaned: Clean) -> Kept:
    """The bytes that are kept of a picture."""
    return lambda content: cleaned(content)[1]


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def riff_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def with_chunk_in_each_frame(webp: bytes, extra: bytes) -> bytes:
    at, chunks = 12, b""
    while at < len(webp):
        kind, size = struct.unpack_from("<4sI", webp, at)
        body = webp[at + 8 : at + 8 + size]
        chunks += riff_chunk(kind, body + bytes(size % 2) + extra if kind == b"ANMF" else body)
        at += 8 + size + size % 2
    return riff(chunks)


def profile_with(**tags: bytes) -> bytes:
    """PROFILE with other or more tags."""
    count = struct.unpack_from(">I", PROFILE, 128)[0]
    table = [struct.unpack_from(">4sII", PROFILE, 132 + 12 * number) for number in range(count)]
    all_tags = {name: PROFILE[start : start + size] for name, start, size in table}
    all_tags |= {name.encode(): content for name, content in tags.items()}
    head, body = struct.pack(">I", len(all_tags)), b""
    for name, content in all_tags.items():
        head += struct.pack(">4sII", name, 132 + 12 * len(all_tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return struct.pack(">I", 128 + len(head) + len(body)) + PROFILE[4:128] + head + body


J, P, W = jpeg(), encoded(picture(), "PNG"), encoded(picture(), "WEBP", icc_profile=PROFILE)
G, FRAMES, MOVING = encoded(picture(mode="P"), "GIF"), animation(5), animation(5, "WEBP")
AFTER_SCREEN = 13 + 768  # bytes of a GIF before its first block
HELD = {
    "comment of a JPEG": J[:2] + segment(0xFE, SECRET) + J[2:],
    "private segment of a JPEG": J[:2] + segment(0xEB, SECRET) + J[2:],
    "Photoshop's segment of a JPEG": J[:2] + segment(0xED, b"Photoshop 3.0\0" + SECRET) + J[2:],
    "thumbnail of a JPEG": J[:2] + segment(0xE0, b"JFXX\0\x10" + SECRET) + J[2:],
    "bytes between the segments of a JPEG": J[:20] + SECRET + J[20:],
    "bytes after a JPEG": J + SECRET,
    "no profile in a JPEG": J[:2] + segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET) + J[2:],
    "private chunk of a PNG": P[:33] + chunk(b"prVt", SECRET) + P[33:],
    "compressed text of a PNG": P[:33] + chunk(b"iTXt", b"Place\0\0\0\0\0" + SECRET) + P[33:],
    "name of a profile of a PNG": P[:33] + chunk(b"iCCP", SECRET + b"\0\0" + zlib.compress(PROFILE)) + P[33:],
    "end mark of a PNG": P[:-12] + chunk(b"IEND", SECRET),
    "bytes after a PNG": P + SECRET,
    "comment of a GIF": G[:-1] + b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0;",
    "application of a GIF": G[:-1] + b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0;",
    "loop of a GIF": FRAMES.replace(b"NETSCAPE2.0\3\1\0\0", b"NETSCAPE2.0\3\1\0\0" + bytes([len(SECRET)]) + SECRET),
    "bytes after a GIF": G + SECRET,
    "unknown chunk of a WebP": riff(W[12:] + riff_chunk(b"prVt", SECRET)),
    "bytes after a WebP": W + SECRET,
    "place in a frame of a WebP": with_chunk_in_each_frame(MOVING, riff_chunk(b"EXIF", SECRET)),
    "notes in a frame of a WebP": with_chunk_in_each_frame(MOVING, riff_chunk(b"XMP ", SECRET)),
    "unknown chunk in a frame of a WebP": with_chunk_in_each_frame(MOVING, riff_chunk(b"prVt", SECRET)),
}


@pytest.mark.parametrize("where", HELD)
def test_what_is_not_the_picture_is_gone_wherever_it_stood(kept: Kept, where: str) -> None:
    sent = HELD[where]
    assert SECRET in sent

    content = kept(sent)

    assert SECRET not in content
    image, before = opened(content), opened(sent)
    assert (image.size, image.info.get("loop")) == (before.size, before.info.get("loop"))
    assert getattr(image, "n_frames", 1) == getattr(before, "n_frames", 1)
    assert difference(image, before) == 0


def test_a_second_picture_and_the_list_of_pictures_are_gone(kept: Kept) -> None:
    sent = encoded(picture(), "MPO", save_all=True, append_images=[picture(mode="L")], exif=exif())
    assert (sent.count(b"Box Camera"), sent.count(b"MPF\0")) == (2, 1)
    content = kept(sent)
    assert (content.count(b"Box Camera"), content.count(b"MPF\0"), content.count(b"\xff\xd8\xff")) == (0, 0, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "tags",
    [
        {"mmod": b"mmod\0\0\0\0" + SERIAL * 4},
        {"desc": b"desc\0\0\0\0" + struct.pack(">I", len(SECRET) + 1) + SECRET + bytes(79)},
        {"cprt": b"text\0\0\0\0" + SECRET + SERIAL + b"\0"},
        {"dmdd": b"text\0\0\0\0" + SECRET + b"\0", "vcgt": SERIAL, "meta": SECRET},
    ],
    ids=["serial number", "name", "rights", "device"],
)
def test_a_profile_keeps_the_colours_and_nothing_of_who_made_it(kept: Kept, kind: str, tags: dict[str, bytes]) -> None:
    red_is_blue = {"rXYZ": PROFILE[480:500], "bXYZ": PROFILE[460:480]}
    sent = encoded(picture(), kind, icc_profile=profile_with(**red_is_blue, **tags))

    content = kept(sent)

    profile = opened(content).info["icc_profile"]
    assert SECRET not in profile
    assert SERIAL not in profile
    assert difference(_in_srgb(opened(content)), _in_srgb(opened(sent))) == 0
    assert difference(_in_srgb(opened(content)), opened(content)) > 20


def test_a_profile_tells_nothing_in_its_header(kept: Kept) -> None:
    marked = PROFILE[:48] + SERIAL * 4 + PROFILE[64:84] + SERIAL * 11 + PROFILE[128:]
    assert clean_profile(marked) == PROFILE


def test_a_large_profile_is_kept_in_all_its_parts(kept: Kept) -> None:
    table = b"mft2" + bytes(180_000)
    content = kept(encoded(picture(), icc_profile=profile_with(A2B0=table, priv=bytes(9))))
    profile = opened(content).info["icc_profile"]
    assert profile == clean_profile(profile)
    assert table in profile


def test_a_profile_with_a_missing_part_is_left_out(kept: Kept) -> None:
    sent = encoded(picture(), icc_profile=profile_with(A2B0=b"mft2" + bytes(180_000)))
    start = sent.index(b"ICC_PROFILE\0\2") - 4
    length = int.from_bytes(sent[start + 2 : start + 4], "big")
    assert b"ICC_PROFILE" not in kept(sent[:start] + sent[start + 2 + length :])


def test_a_turned_picture_tells_nothing_either(kept: Kept) -> None:
    content = kept(encoded(picture(), exif=exif(6), icc_profile=profile_with(mmod=SERIAL * 5)))
    assert SERIAL not in content
    assert opened(content).info["icc_profile"] == PROFILE


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = ImageCms.getOpenProfile(io.BytesIO(image.info["icc_profile"]))
    shown = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"))
    assert shown
    return shown
