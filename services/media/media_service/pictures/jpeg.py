"""JPEG (ITU-T T.81): what to keep of it is what is needed to show it, with its colour profile.

Left out: EXIF with location, XMP, thumbnails, comments, second pictures, bytes between segments and after the end.
"""

import re
from collections.abc import Iterator

from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, bounded, damaged, stretch, truncated
from media_service.pictures.refusals import image_refused

BASELINE, PROGRESSIVE = {0xC0, 0xC1}, {0xC2}
OTHER_FRAMES = set(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
TABLES = {0xC4, 0xDB, 0xDC, 0xDD}  # Huffman, quantisation, number of lines, restart interval
APP0, APP2, APP14 = 0xE0, 0xE2, 0xEE
SCAN, END = 0xDA, 0xD9
STANDALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length

MARKER = re.compile(rb"\xff[^\x00\xff]")
MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # RSTn and stuffed zeros are part of the scan


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what has no frame, no scan or no end; arithmetic coding and lossless JPEG are not taken."""
    width, height = _size(data)
    limits.check(width, height)
    pieces: list[Piece] = [b"\xff\xd8"]
    scans, progressive = 0, False
    for marker, start, end in bounded(_segments(data)):
        if marker in OTHER_FRAMES:
            raise image_refused("it is a JPEG of a kind that browsers do not show")
        progressive |= marker in PROGRESSIVE
        scans += marker == SCAN
        if marker == SCAN and not progressive:
            pieces += _sequential_scan(data, start, end)
        else:
            pieces += _kept(data, marker, start, end)
    if not scans:
        raise damaged()
    return Layout(width, height, 1, [*pieces, b"\xff\xd9"])


def _size(data: FileBytes) -> tuple[int, int]:
    for marker, start, _ in bounded(_segments(data)):
        if marker in BASELINE | PROGRESSIVE | OTHER_FRAMES:
            head = stretch(data, start + 5, 4)
            return int.from_bytes(head[2:], "big"), int.from_bytes(head[:2], "big")
    raise damaged()


def _segments(data: FileBytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment; that of a scan reaches to the end of its entropy-coded data."""
    at = 2
    while found := MARKER.search(data, at):
        start, at, marker = found.start(), found.end(), found.group()[1]
        if marker == END:
            return
        if marker in STANDALONE:
            continue
        at += int.from_bytes(stretch(data, at, 2), "big")
        if marker == SCAN:
            following = MARKER_AFTER_SCAN.search(data, at)
            at = following.start() if following else len(data)
        yield marker, start, at
    raise truncated()


def _kept(data: FileBytes, marker: int, start: int, end: int) -> list[Piece]:
    name, is_whole = data[start + 4 : start + 16], end - start >= 16
    if marker in BASELINE | PROGRESSIVE | TABLES | {SCAN}:
        return [slice(start, end)]
    if marker == APP2 and name == b"ICC_PROFILE\0":
        return [slice(start, end)]
    if marker == APP0 and name.startswith(b"JFIF\0") and is_whole:
        return [b"\xff\xe0\x00\x10", name, b"\0\0"]  # without its thumbnail
    if marker == APP14 and name.startswith(b"Adobe") and is_whole:
        return [b"\xff\xee\x00\x0e", name]
    return []


def _sequential_scan(data: FileBytes, start: int, end: int) -> list[Piece]:
    """The scan with the spectral selection that a sequential JPEG must have; some phones write another."""
    length = int.from_bytes(stretch(data, start + 2, 2), "big")
    last = start + 2 + length
    return [slice(start, last - 3), b"\x00\x3f\x00", slice(last, end)]
