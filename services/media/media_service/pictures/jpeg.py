"""JPEG (ITU-T T.81): what to keep of it is what is needed to show it, with its colour profile.

Left out: EXIF with location, XMP, thumbnails, comments, second pictures, bytes between segments and after the end.
Put right, because every browser shows it: marks that decoders only complain of, and a missing end.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media_service.pictures import mpf, tiff
from media_service.pictures.icc import clean_profile
from media_service.pictures.layout import FileBytes, Layout, Limits, Piece, bounded, no_picture, stretch, truncated
from media_service.pictures.left_out import GAIN_MAP, PICTURES
from media_service.pictures.memory import estimate
from media_service.pictures.refusals import Cause, image_refused

BASELINE, PROGRESSIVE = {0xC0, 0xC1}, {0xC2}
OTHER_FRAMES = set(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
FRAMES = BASELINE | PROGRESSIVE | OTHER_FRAMES
TABLES = {0xC4, 0xDB, 0xDC, 0xDD}  # Huffman, quantisation, number of lines, restart interval
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
SCAN, END = 0xDA, 0xD9
STANDALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
TRANSFORMS = {3: (0, 1), 4: (0, 2)}
"""What Adobe's segment may say of three and of four components; decoders take anything else for the last."""

EXIF = b"Exif\0\0"
PROFILE = b"ICC_PROFILE\0"
XMP, ISO_GAIN_MAP = b"http://ns.adobe.com/xap/1.0/\0", b"urn:iso:std:iso:ts:21496:-1\0"
ADOBE_GAIN_MAP = b"http://ns.adobe.com/hdr-gain-map/"  # in its XMP
APPLE_GAIN_MAP = b"http://ns.apple.com/HDRGainMap/"  # in that of a picture that follows
PROFILE_PART = 65_519  # bytes of a profile that one segment has room for

MARKER = re.compile(rb"\xff[^\x00\xff]")
MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # RSTn and stuffed zeros are part of the scan


@dataclass(frozen=True, slots=True)
class Frame:
    """The header of the frame."""

    width: int
    height: int
    sampling: Sequence[tuple[int, int]]
    """Sampling of each component, across and down."""
    progressive: bool

    @property
    def components(self) -> int:
        return len(self.sampling)


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what has no frame, no scan or no end; arithmetic coding and lossless JPEG are not taken."""
    frame = _frame(data)
    limits.check(frame.width, frame.height)
    described: list[Piece] = []
    pieces: list[Piece] = []
    profile: dict[int, bytes] = {}
    orientation, scans, told = tiff.UPRIGHT, 0, list[slice]()
    for marker, start, end in bounded(_segments(data, frame)):
        scans += marker == SCAN
        if marker in {APP0, APP14}:
            described += _described(data, start, end, frame.components)
        elif marker == APP1 and data[start + 4 : start + 10] == EXIF:
            orientation = tiff.orientation(data[start + 4 : end])
        elif marker == APP2 and data[start + 4 : start + 16] == PROFILE and end - start > 18:
            profile[data[start + 16]] = data[start + 18 : end]
        elif marker in {APP1, APP2}:
            told.append(slice(start + 4, end))
        elif marker == SCAN and not frame.progressive:
            pieces += _sequential_scan(data, start, end)
        elif marker in BASELINE | PROGRESSIVE | TABLES | {SCAN}:
            pieces.append(slice(start, end))
    pieces = [b"\xff\xd8", *described, *_profile(profile), *pieces, b"\xff\xd9"]
    memory = _memory(frame, is_whole=frame.progressive or scans > 1)
    return Layout(frame.width, frame.height, 1, pieces, memory, orientation, _left_out(data, told))


def _left_out(data: FileBytes, told: Sequence[slice]) -> str:
    """What some screens would show beside the picture, by what segments tell of it."""
    if data.find(APPLE_GAIN_MAP) >= 0 or any(_tells_gain_map(data[one]) for one in told):
        return GAIN_MAP
    has_more = any(mpf.tells_more_pictures(data[one]) for one in told if data[one].startswith(mpf.SIGNATURE))
    return PICTURES if has_more else ""


def _tells_gain_map(content: bytes) -> bool:
    """Whether a second picture makes this one brighter on screens that can (ISO 21496-1, Ultra HDR)."""
    return content.startswith(ISO_GAIN_MAP) or (content.startswith(XMP) and ADOBE_GAIN_MAP in content)


def _frame(data: FileBytes) -> Frame:
    for marker, start, _ in bounded(_segments(data, None)):
        if marker in OTHER_FRAMES:
            raise image_refused("it is a JPEG of a kind that browsers do not show", cause=Cause.CODING)
        if marker in FRAMES:
            head = stretch(data, start + 5, 5)
            width, height = int.from_bytes(head[2:4], "big"), int.from_bytes(head[:2], "big")
            factors = stretch(data, start + 10, 3 * head[4])[1::3]
            return Frame(width, height, [(both >> 4, both & 15) for both in factors], marker in PROGRESSIVE)
    raise no_picture()


def _memory(frame: Frame, *, is_whole: bool) -> int:
    """What comes in several scans is held as coefficients of two bytes until the last of them."""
    across = max([across for across, _ in frame.sampling], default=1) or 1
    down = max([down for _, down in frame.sampling], default=1) or 1
    units = math.ceil(frame.width / (8 * across)) * math.ceil(frame.height / (8 * down))
    blocks = units * sum(across * down for across, down in frame.sampling)
    return estimate(frame.width, frame.height, pixel=max(frame.components, 3), whole=blocks * 64 * 2 if is_whole else 0)


def _segments(data: FileBytes, frame: Frame | None) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment; that of a scan reaches to the end of its entropy-coded data.

    An end that is missing after the only scan is for the decoder to judge: all pixels may be there.
    """
    at, scans = 2, 0
    while found := MARKER.search(data, at):
        start, at, marker = found.start(), found.end(), found.group()[1]
        if marker == END:
            break
        if marker in STANDALONE:
            continue
        at += int.from_bytes(stretch(data, at, 2), "big")
        if marker == SCAN:
            scans += 1
            following = MARKER_AFTER_SCAN.search(data, at)
            at = following.start() if following else len(data) - (data[-1:] == b"\xff")  # half a marker
        yield marker, start, at
    if found is None and (not scans or frame is None or frame.progressive):
        raise truncated()
    if frame and not scans:
        raise no_picture()


def _described(data: FileBytes, start: int, end: int, components: int) -> list[Piece]:
    """JFIF's and Adobe's segment, such as no decoder complains of: without a thumbnail, of a known version and kind."""
    name = data[start + 4 : start + 16]
    if name.startswith(b"JFIF\0") and end - start >= 18:
        version = name[5:7] if name[5] == 1 else b"\x01\x02"
        return [b"\xff\xe0\x00\x10JFIF\0" + version + name[7:] + b"\0\0"]
    if name.startswith(b"Adobe") and end - start >= 16:
        known = TRANSFORMS.get(components, (name[11],))
        return [b"\xff\xee\x00\x0e" + name[:11] + bytes([name[11] if name[11] in known else known[-1]])]
    return []


def _profile(parts: dict[int, bytes]) -> list[Piece]:
    """The clean profile in as many segments as it needs; none where parts are missing."""
    if sorted(parts) != list(range(1, len(parts) + 1)):
        return []
    profile = clean_profile(b"".join(parts[number] for number in sorted(parts))) or b""
    cut = [profile[at : at + PROFILE_PART] for at in range(0, len(profile), PROFILE_PART)]
    return [
        b"\xff\xe2" + (len(part) + 16).to_bytes(2, "big") + PROFILE + bytes([number, len(cut)]) + part
        for number, part in enumerate(cut, 1)
    ]


def _sequential_scan(data: FileBytes, start: int, end: int) -> list[Piece]:
    """The scan with the spectral selection that a sequential JPEG must have; some phones write another."""
    length = int.from_bytes(stretch(data, start + 2, 2), "big")
    last = start + 2 + length
    return [slice(start, last - 3), b"\x00\x3f\x00", slice(last, end)]
