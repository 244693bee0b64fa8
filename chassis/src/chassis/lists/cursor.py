"""Pages by cursor, as every list of v2 has them: rows after a place, whatever came or went before it meanwhile.

A cursor is the keys of the row it lies behind, with a digest of them and of the list and filters it was given out for.
Nothing of it is secret and nothing signed: who makes one up begins at another place of a list that is theirs to read,
for what a caller may see is never the cursor's to say. So it needs no key, and is good for as long as the list is.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from chassis.lists.parameters import DEFAULT_SIZE, MOST, Parameter, sized
from chassis.lists.query import Query

Row = TypeVar("Row")
Key = UUID | datetime | int | str
Place = tuple[Key, ...]
Keyset = Mapping[str, Callable[[str], Key]]
"""The columns that order a list, ``-`` before one that falls, with what reads a key of each from its text.

Together they are different for every row (the last is an id), and none is ever null. A row keeps its place only while
its keys stay as they are: one that moves may be seen twice, or not at all.
"""

CURSOR = (
    Parameter("cursor", {"type": "string", "maxLength": 2000}, "`next_cursor` of the page before", "cursor_invalid"),
    sized("limit"),
)
"""The parameters of a list by cursor."""

_DIGEST_BYTES = 8
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CursorPage:
    """A page that was asked for: at most ``limit`` rows in the order of ``keyset``, after ``place`` if there is one."""

    query: Query
    keyset: Keyset
    limit: int
    place: Place | None

    def split(self, found: Sequence[Row], keys: Callable[[Row], Place]) -> tuple[Sequence[Row], str | None]:
        """The page's rows and the cursor of the next page, of the ``limit + 1`` rows that were asked for."""
        rows = found[: self.limit]
        return rows, _encode(self.query, keys(rows[-1])) if len(found) > self.limit else None


def cursor_page(query: Query, keyset: Keyset) -> CursorPage:
    """The page a query asks for; raises Problem (400): a senseless limit, a cursor not given out for this list."""
    limit = min(query.number("limit", DEFAULT_SIZE), MOST)
    cursor = query.given("cursor")
    return CursorPage(query, keyset, limit, None if cursor is None else _decode(query, cursor, keyset))


def _encode(query: Query, place: Place) -> str:
    keys = json.dumps([_text(key) for key in place], ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_digest(query, keys) + keys).rstrip(b"=").decode()


def _decode(query: Query, cursor: str, keyset: Keyset) -> Place:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        texts = json.loads(raw[_DIGEST_BYTES:])
        place = tuple(_storable(read(text)) for read, text in zip(keyset.values(), texts, strict=True))
        is_ours = _encode(query, place) == cursor
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        is_ours = False
    if not is_ours:
        raise CURSOR[0].invalid("This was not given out for this list.")
    return place


def _digest(query: Query, keys: bytes) -> bytes:
    asked = json.dumps([query.path.rstrip("/"), *query.without("cursor", "limit")]).encode()
    return blake2b(asked + b"\0" + keys, digest_size=_DIGEST_BYTES).digest()


def _text(key: Key) -> str:
    return key.astimezone(UTC).isoformat() if isinstance(key, datetime) else str(key)


def _storable(key: Key) -> Key:
    """The key; raises ValueError for what no database would compare with."""
    if (isinstance(key, int) and abs(key) > _LARGEST) or "\0" in str(key):
        raise ValueError(key)
    return key
