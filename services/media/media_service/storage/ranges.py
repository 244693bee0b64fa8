"""Byte ranges (RFC 9110, 14): one range of a file. Several at once, and what is malformed, get the whole file."""

import re

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


class UnsatisfiableRange(Exception):  # noqa: N818  said of the range
    """The range begins after the end of the file: 416."""


def requested_range(header: str | None, size: int) -> range | None:
    """The bytes that are asked for, of a file of ``size`` bytes; None means all of it."""
    match = _ONE_RANGE.fullmatch((header or "").strip())
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), int(last) + 1 if last else size
        if last and end <= start:
            return None
    wanted = range(start, min(end, size))
    if not wanted:
        raise UnsatisfiableRange
    return wanted
