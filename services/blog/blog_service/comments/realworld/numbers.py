"""Whole numbers for comments, as RealWorld's dialect has them, made of their ids and leading back to them.

A comment's UUIDv7 begins with the milliseconds at which it was made and 12 bits that tell those of one millisecond
apart (RFC 9562). As a number both fit into the 53 bits that JavaScript counts exactly, until 2089; that two comments on
one post share a number takes the same millisecond and one chance in 4096.
"""

from uuid import UUID

_SINCE = 1_577_836_800_000  # milliseconds from 1970 to 2020
_MOST = 2**53


def number_of(comment_id: UUID) -> int:
    return ((comment_id.int >> 80) - _SINCE) << 12 | (comment_id.int >> 64) & 0xFFF


def ids_of(number: int) -> tuple[UUID, UUID] | None:
    """The first and the last id that may have this number; None for a number that none has."""
    if not 0 <= number < _MOST:
        return None
    first = (((number >> 12) + _SINCE) << 80) | (7 << 76) | ((number & 0xFFF) << 64)
    return UUID(int=first), UUID(int=first | (2**64 - 1))
