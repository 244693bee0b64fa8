"""A file of a type that is not taken is told so by its name."""

import struct

import pytest
from chassis.problems import Problem
from media_service.pictures.cleaning import format_of
from media_service.pictures.foreign import CAUSES
from media_service.testing.drawn import encoded, picture


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + bytes(4) + brand + b"mif1"


def tiff(tag: int = 256, order: str = "<") -> bytes:
    return struct.pack(f"{order}2sHIHHHII", b"II" if order == "<" else b"MM", 42, 8, 1, tag, 3, 1, 1) + bytes(4)


FILES = [
    (b"\xff\x0a\xfa\x1f", "jpeg_xl", "JPEG XL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jpeg_xl", "JPEG XL"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg_2000", "JPEG 2000"),
    (encoded(picture(), "TIFF"), "tiff", "TIFF"),
    (tiff(order=">"), "tiff", "TIFF"),
    (tiff(0xC612), "dng", "DNG"),
    (tiff(0xC612, ">"), "dng", "DNG"),
    (b"II*\0\x10\0\0\0CR\2\0", "raw", "raw"),
    (box(b"crx "), "raw", "raw"),
    (encoded(picture(), "BMP"), "bmp", "BMP"),
    (encoded(picture(), "ICO"), "icon", "icon"),
    (b"8BPS\0\1", "psd", "Photoshop"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", "SVG"),
    (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a drawing -->\n<svg>", "svg", "SVG"),
    (b"%PDF-1.7\n", "pdf", "PDF"),
    (encoded(picture(), "PPM"), "netpbm", "Netpbm"),
    (encoded(picture(), "QOI"), "qoi", "QOI"),
    (box(b"isom"), "video", "video"),
    (box(b"qt  "), "video", "video"),
    (b"\x1a\x45\xdf\xa3\x9f", "video", "video"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "audio", "sound"),
    (b"PK\3\4\x14", "archive", "archive"),
    (b"<!doctype html><script>alert(1)</script>", "html", "HTML"),
    (b"I am only called photograph.jpg.\n", "unknown", "no picture"),
    (b"\0", "unknown", "no picture"),
]


@pytest.mark.parametrize(("content", "cause", "name"), FILES)
def test_the_refusal_names_what_was_sent_and_what_to_do(content: bytes, cause: str, name: str) -> None:
    with pytest.raises(Problem) as refused:
        format_of(content)
    assert (refused.value.status, refused.value.code) == (415, "unsupported_media_type")
    assert refused.value.members == {"cause": cause}
    assert name in refused.value.detail
    assert "JPEG" in refused.value.detail
    assert cause in CAUSES
