"""Entity tags of encoded answers: a strong one belongs to one sequence of bytes (RFC 9110, 8.8.3), so each coding has
its own, which services never see.
"""

import re

from gateway_service.compression.codings import ENCODERS
from gateway_service.exchange import Exchange

_MARK = b"~"
_NONE: frozenset[bytes] = frozenset()
_CONDITIONS = frozenset({b"if-match", b"if-none-match"})
_MARKED = re.compile(rb'("[^"]*)~(' + b"|".join(map(str.encode, ENCODERS)) + rb')"')


def marked(tag: bytes, coding: str) -> bytes:
    """The tag of the answer in a coding; a weak one holds for all of them."""
    return tag if tag.startswith(b"W/") else b'%b%b%b"' % (tag[:-1], _MARK, coding.encode())


def for_service(exchange: Exchange, coding: str | None) -> frozenset[bytes]:
    """Put what a request asks of entity tags into words of the service; gives those the client has encoded."""
    if _CONDITIONS.isdisjoint(exchange.fields):
        return _NONE
    known = _known(exchange.fields.get(b"if-none-match", b""), coding.encode()) if coding else _NONE
    exchange.headers = [(name, _without_marks(name, value, coding)) for name, value in exchange.headers]
    exchange.fields = dict(exchange.headers)
    return known


def _known(value: bytes, coding: bytes) -> frozenset[bytes]:
    """The tags of the coding that would be sent; bytes in another one are not what the client would get."""
    return frozenset(match[1] + b'"' for match in _MARKED.finditer(value) if match[2] == coding)


def _without_marks(name: bytes, value: bytes, coding: str | None) -> bytes:
    if name == b"if-match":
        return _MARKED.sub(rb'\1"', value)  # it is the same state, in whatever coding it was seen
    if name == b"if-none-match" and coding:
        return re.sub(rb'("[^"]*)' + _MARK + coding.encode() + rb'"', rb'\1"', value)
    return value
