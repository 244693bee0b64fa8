"""Types that are not taken, told by their first bytes: so that a 415 can name what was sent and what to do."""

import re
from typing import NamedTuple

from chassis.problems import Problem

from media_service.pictures import tiff
from media_service.pictures.refusals import unsupported_media_type

TAKEN = "a JPEG, PNG, WebP, AVIF, HEIC or GIF picture"
HEAD = 65_536  # bytes enough for all of them
SEND = f"Send {TAKEN}."
EXPORT = "Export it as JPEG, PNG or WebP."
EXTRACT = "Send the pictures in it, each as a JPEG, PNG, WebP, AVIF or GIF file."


class Foreign(NamedTuple):
    """A type that is not taken: its stable name, its name for people, what to do, and how it begins."""

    cause: str
    title: str
    advice: str
    begins: bytes


BOX = b".{4}ftyp"
TYPES = [
    Foreign("raw", "a camera's raw picture", EXPORT, BOX + b"crx |FUJIFILMCCD-RAW|II(U\0|RO|RS)|II\\*\0.{4}CR|\0MRM"),
    Foreign("jpeg_2000", "a JPEG 2000 picture", EXPORT, b"\0\0\0\x0cjP  \r\n|\xff\x4f\xff\x51"),
    Foreign("jpeg_xl", "a JPEG XL picture", EXPORT, b"\xff\x0a|\0\0\0\x0cJXL \r\n"),
    Foreign("jpeg_xr", "a JPEG XR picture", EXPORT, b"II\xbc"),
    Foreign("tiff", "a TIFF picture", EXPORT, b"II[*+]\0|MM\0[*+]"),
    Foreign("psd", "a Photoshop document", EXPORT, b"8BPS"),
    Foreign("bmp", "a BMP picture", EXPORT, b"BM.{4}\0{4}|BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    Foreign("icon", "an icon", EXPORT, b"\0\0[\1\2]\0[^\0]"),
    Foreign("svg", "an SVG drawing", EXPORT, rb"(\xef\xbb\xbf)?\s*(<(\?xml|!--|!DOCTYPE\s).*)?<svg[\s>]"),
    Foreign("pdf", "a PDF document", EXPORT, b"%PDF-"),
    Foreign("postscript", "a PostScript document", EXPORT, b"%!PS|\xc5\xd0\xd3\xc6"),
    Foreign("exr", "an OpenEXR picture", EXPORT, b"v/1\1"),
    Foreign("hdr", "a Radiance picture", EXPORT, rb"#\?R(ADIANCE|GBE)"),
    Foreign("qoi", "a QOI picture", EXPORT, b"qoif"),
    Foreign("netpbm", "a Netpbm picture", EXPORT, rb"P[1-7]\s"),
    Foreign("farbfeld", "a farbfeld picture", EXPORT, b"farbfeld"),
    Foreign("xcf", "a GIMP document", EXPORT, b"gimp xcf"),
    Foreign("audio", "a sound file", SEND, BOX + b"M4A |ID3|RIFF.{4}WAVE|OggS|fLaC"),
    Foreign(
        "video", "a video", SEND, b".{4}(ftyp|moov|mdat|wide)|\x1a\x45\xdf\xa3|RIFF.{4}AVI |\0\0\1[\xba\xb3]|FLV\1"
    ),
    Foreign("archive", "an archive", EXTRACT, b"PK\3\4|PK\5\6|\x1f\x8b|7z\xbc\xaf|Rar!|.{257}ustar"),
    Foreign("html", "an HTML page", SEND, rb"(\xef\xbb\xbf)?\s*<(?i:!doctype html|html)"),
]
DNG = Foreign("dng", "a DNG raw picture", EXPORT, b"")
CAUSES = (*(kind.cause for kind in [*TYPES, DNG]), "unknown", "empty", "not_multipart")
DNG_VERSION = 0xC612  # the tag that makes a TIFF file a DNG


def refusal_of(head: bytes) -> Problem:
    """The 415 for a file that begins so."""
    if not head:
        return unsupported_media_type(f"The file is empty. {SEND}", cause="empty")
    for kind in TYPES:
        if re.match(kind.begins, head, re.DOTALL):
            found = DNG if kind.cause == "tiff" and DNG_VERSION in {tag for tag, *_ in tiff.entries(head)} else kind
            return unsupported_media_type(
                f"This is {found.title}, which is not taken. {found.advice}", cause=found.cause
            )
    return unsupported_media_type(f"This is no picture of a known type. {SEND}", cause="unknown")
