"""Entity tags of encoded answers: a strong one belongs to one sequence of bytes (RFC 9110, 8.8.3), so each coding has
its own, which services never see.
"""

import re

from gateway_service.compression.codings import ENCODERS
from gateway_service.exchange import Exchange

_MARK = b"~"
_CONDITIONS = frozenset({b"if-match", b"if-none-match"})
_MARKED = re.compile(rb'("[^"]*)~(' + b"|".join(map(str.encode, ENCODERS)) + rb')"')


def marked(tag: bytes, coding: str) -> bytes:
    """The tag of the answer in a coding; a weak one holds for all of them."""
    return tag if tag.startswith(b"W/") else b'%b%b%b"' % (tag[:-1], _MARK, coding.encode())


class Conditions:
    """What a request asked of entity tags, in words of the service; ``known`` are those the client has encoded."""

    def __init__(self, exchange: Exchange, coding: str | None) -> None:
        self.known: frozenset[bytes] = frozenset()
        if _CONDITIONS.isdisjoint(exchange.fields):
            return
        exchange.headers = [(name, self._for_service(name, value, coding)) for name, value in exchange.headers]
        exchange.fields = dict(exchange.headers)

    def _for_service(self, name: bytes, value: bytes, coding: str | None) -> bytes:
        if name == b"if-match":
            return _MARKED.sub(rb'\1"', value)  # it is the same state, in whatever coding it was seen
        return self._unmarked(value, coding.encode()) if name == b"if-none-match" and coding else value

    def _unmarked(self, value: bytes, coding: bytes) -> bytes:
        """Of the coding that would be sent; bytes in another one are not what the client would get."""
        self.known = frozenset(match[1] + b'"' for match in _MARKED.finditer(value) if match[2] == coding)
        return re.sub(rb'("[^"]*)' + _MARK + coding + rb'"', rb'\1"', value)
