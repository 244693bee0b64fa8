"""Multi-Picture Format (CIPA DC-007): the pictures that follow the first one in a JPEG file."""

import struct

SIGNATURE = b"MPF\0"
TAG, ENTRY = 0xB002, 16  # of the table of pictures in the first directory, and bytes of a line of it
FIELD = 12  # bytes of a directory's
THUMBNAILS = 1  # the class of smaller versions of the first picture


def tells_more_pictures(segment: bytes) -> bool:
    """Whether other pictures than smaller versions of the first follow it; False where the segment makes no sense."""
    tiff = segment[len(SIGNATURE) :]
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        return any(kind >> 16 & 0xFF != THUMBNAILS for kind in _kinds(tiff, order)[1:])
    except struct.error:
        return False


def _kinds(tiff: bytes, order: str) -> list[int]:
    """The attributes of each picture."""
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (fields,) = struct.unpack_from(f"{order}H", tiff, first)
    for at in range(first + 2, first + 2 + FIELD * min(fields, len(tiff) // FIELD), FIELD):
        tag, _, length, start = struct.unpack_from(f"{order}HHII", tiff, at)
        if tag == TAG:
            return [struct.unpack_from(f"{order}I", tiff, line)[0] for line in _lines(start, length, len(tiff))]
    return []


def _lines(start: int, length: int, most: int) -> range:
    return range(start, start + min(length, most) // ENTRY * ENTRY, ENTRY)
