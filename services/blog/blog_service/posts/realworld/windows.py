"""Which part of a list of posts RealWorld's dialect asks for. What it does not know it overlooks."""

from typing import NamedTuple

from chassis.lists import Parameter, Query
from chassis.problems import FieldError, invalid_fields
from rest_framework.request import Request

MOST = 100
LIMIT = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20})
OFFSET = Parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "how many to leave out")
_MOST_DIGITS = 9


class Window(NamedTuple):
    """The rows from ``start`` up to ``stop``."""

    start: int
    stop: int


def query_of(request: Request, known: tuple[Parameter, ...]) -> Query:
    """What of the query string the list knows, the last of each; an empty one says nothing."""
    sent = request.query_params
    names = (each.name for each in known if sent.get(each.name))
    return Query(request.path, [(name, sent[name]) for name in names], known)


def window_of(query: Query) -> Window:
    """The window a query asks for; raises Problem (400, here 422) for one that makes no sense."""
    start, limit = _number(query, "offset", 0), _number(query, "limit", 20)
    return Window(start, start + min(limit, MOST))


def _number(query: Query, name: str, default: int) -> int:
    text = query.text(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise invalid_fields([FieldError(f"/{name}", "invalid", "must be a whole number")])
    return int(text)
