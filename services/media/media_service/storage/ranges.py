"""Byte ranges (RFC 9110, 14): which parts of a file are asked for. What is malformed gets the whole file."""

import re
from collections.abc import Iterable
from itertools import pairwise

MOST = 16
"""More parts than that get the whole file, as do parts that overlap: together they would be more than there is."""
_RANGES = re.compile(r"bytes=(.*)", re.IGNORECASE | re.DOTALL)
_ONE_RANGE = re.compile(r"[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*")


class UnsatisfiableRange(Exception):  # noqa: N818  said of the range
    """Every range begins after the end of the file: 416."""


def requested_ranges(header: str | None, size: int) -> list[range]:
    """The parts that are asked for, of a file of ``size`` bytes, in their order; none means all of it."""
    match = _RANGES.fullmatch((header or "").strip())
    asked = [one for one in match[1].split(",") if one.strip()] if match else []
    pairs = [_ONE_RANGE.fullmatch(one) for one in asked[: MOST + 1]]
    if not 0 < len(pairs) <= MOST:
        return []
    found = [_range(pair[1], pair[2], size) if pair else None for pair in pairs]
    wanted = [one for one in found if one]
    if None in found or _overlap(wanted):
        return []
    if not wanted:
        raise UnsatisfiableRange
    return wanted


def _range(first: str, last: str, size: int) -> range | None:
    """The bytes of a range, none if they are beyond the end; None for what makes no sense."""
    if not first:
        return range(max(size - int(last), 0), size) if last else None
    start, end = int(first), int(last) + 1 if last else size
    if last and end <= start:
        return None
    return range(start, min(end, size))


def _overlap(ranges: Iterable[range]) -> bool:
    in_order = sorted(ranges, key=lambda one: one.start)
    return any(one.stop > following.start for one, following in pairwise(in_order))
