"""JPEG as cameras, phones, scanners and editors write it."""

import struct
from collections.abc import Iterator
from typing import Any

from PIL import ImageOps

from media_service.testing.corpus.drawn import WIDE_GAMUT, in_wide_gamut, plain, soft
from media_service.testing.corpus.sample import FAR, NOTE, Sample, Taken
from media_service.testing.drawn import PROFILE, encoded, exif, opened, picture

MIME = "image/jpeg"
XMP = b"http://ns.adobe.com/xap/1.0/\0"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


NOTES = {
    "XMP": segment(0xE1, XMP + NOTE),
    "a comment": segment(0xFE, NOTE),
    "IPTC": segment(0xED, b"Photoshop 3.0\0" + NOTE),
    "a thumbnail": segment(0xE0, b"JFXX\0\x10" + NOTE),
    "a maker's segment": segment(0xEB, NOTE),
}
GAIN_MAPS = {
    "Ultra HDR": segment(0xE1, XMP + b'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"' + NOTE),
    "a gain map of ISO 21496": segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + NOTE),
}
FORMS: dict[str, dict[str, Any]] = {
    "baseline": {"subsampling": "4:2:0"},
    "no colour left out": {"subsampling": "4:4:4"},
    "half of the colours": {"subsampling": "4:2:2"},
    "progressive": {"progressive": True},
    "little quality": {"quality": 40},
    "restarts": {"restart_marker_rows": 1},
}


def jpegs() -> Iterator[Sample]:
    for orientation in range(1, 9):
        sent = encoded(plain(), quality=95, exif=exif(orientation))
        yield Sample(
            f"JPEG, orientation {orientation}", sent + NOTE, Taken(MIME, ImageOps.exif_transpose(opened(sent)))
        )
    for name, form in FORMS.items():
        yield Sample(f"JPEG, {name}", encoded(plain(), **form) + NOTE, Taken(MIME, plain()))
    for name, note in NOTES.items():
        yield Sample(f"JPEG with {name}", with_segments(encoded(plain()), note), Taken(MIME, plain()))
    yield from _coloured()
    yield from _of_many_pictures()


def _coloured() -> Iterator[Sample]:
    grey = plain().convert("L")
    yield Sample("JPEG, grey", encoded(grey), Taken(MIME, grey))
    inks = encoded(soft().convert("CMYK"), quality=95)
    yield Sample("JPEG in four inks", inks, Taken(MIME, soft(), FAR))
    told = encoded(plain(), icc_profile=PROFILE)
    yield Sample("JPEG with a profile", told, Taken(MIME, plain(), has_profile=True))
    wide = encoded(in_wide_gamut(plain()), quality=95, subsampling="4:4:4", icc_profile=WIDE_GAMUT)
    yield Sample("JPEG in wide gamut", wide, Taken(MIME, plain(), has_profile=True))
    turned = encoded(in_wide_gamut(plain()), quality=95, icc_profile=WIDE_GAMUT, exif=exif(6))
    upright = ImageOps.exif_transpose(opened(encoded(plain(), quality=95, exif=exif(6))))
    yield Sample("JPEG in wide gamut on its side", turned, Taken(MIME, upright, has_profile=True))


def _of_many_pictures() -> Iterator[Sample]:
    for name, told in GAIN_MAPS.items():
        sent = with_segments(encoded(plain()), told) + encoded(picture(24, 16, "L"))
        yield Sample(f"JPEG, {name}", sent, Taken(MIME, plain(), left_out="gain_map"))
    second = with_segments(encoded(picture(24, 16, "L")), segment(0xE1, XMP + b"http://ns.apple.com/HDRGainMap/1.0/"))
    yield Sample("JPEG, gain map of a phone", encoded(plain()) + second, Taken(MIME, plain(), left_out="gain_map"))
    both = encoded(plain(), "MPO", save_all=True, append_images=[plain().rotate(180)])
    yield Sample("JPEG of two pictures", both, Taken(MIME, plain(), left_out="pictures"))
