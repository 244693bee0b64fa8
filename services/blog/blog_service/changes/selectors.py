"""Reads of changes."""

import base64
from typing import NamedTuple

from chassis.lists import Parameter
from chassis.problems import Problem

from blog_service.changes.models import Numbering, PostChange

AFTER = Parameter("after", {"type": "string", "maxLength": 40}, "`next_cursor` of the answer before", "cursor_invalid")


class Changes(NamedTuple):
    """Changes in their order, and whether others follow."""

    rows: list[PostChange]
    has_more: bool


def changes_after(number: int, limit: int) -> Changes:
    """The changes after a number; raises Problem (410) where some of them are forgotten, or none was given yet."""
    numbering = Numbering.objects.filter(id=1).first() or Numbering()
    if number and not numbering.forgotten <= number <= numbering.last:
        raise Problem(410, "cursor_expired", "What came after this is not kept any more: begin anew, without it.")
    found = list(PostChange.objects.filter(number__gt=number).order_by("number")[: limit + 1])
    return Changes(found[:limit], len(found) > limit)


def cursor_of(number: int) -> str:
    return base64.urlsafe_b64encode(f"change {number}".encode()).rstrip(b"=").decode()


def number_of(cursor: str | None) -> int:
    """The number in a cursor, 0 without one; raises Problem (400) for what was not given out."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        number = int(text.removeprefix("change "))
    except ValueError:
        number = -1
    if number < 0 or cursor_of(number) != cursor:
        raise AFTER.invalid("This was not given out for this list.")
    return number
