"""Under what an answer is kept: all that may change it, each in one spelling. Nothing else reaches the service."""

import re
from typing import NamedTuple

from gateway_service.config import Keep
from gateway_service.exchange import Exchange
from gateway_service.messages import Header
from gateway_service.remembered import remembered

_REMEMBERED = 2000
_OF_ONE = frozenset({b"authorization", b"cookie", b"range", b"if-range", b"if-match", b"if-unmodified-since"})
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
Asked = tuple[bytes, tuple[str, ...]]
"""What a header asks for, and what is offered."""


class Key(NamedTuple):
    """One resource in one form; HEAD is answered by what is kept for GET."""

    path: str  # canonical, its version written out
    query: bytes
    fields: tuple[Header, ...]  # the request's, as the service gets them

    def __str__(self) -> str:
        query = f"?{self.query.decode('latin-1')}" if self.query else ""
        return ", ".join([self.path + query, *(b": ".join(each).decode("latin-1") for each in self.fields)])


def key_of(exchange: Exchange, keep: Keep) -> Key | None:
    """The key of a request; None where it is one client's alone, or asks for a form that the route does not offer."""
    if not _OF_ONE.isdisjoint(exchange.fields) or not exchange.turn.empty:
        return None
    fields = []
    if keep.accept:
        chosen = _type((exchange.value(b"accept"), keep.accept))
        if chosen is None:
            return None
        fields.append((b"accept", chosen))
    if keep.named:
        fields.append((b"accept", _named((exchange.value(b"accept"), keep.named))))
    if keep.languages:
        fields.append((b"accept-language", _language((exchange.value(b"accept-language"), keep.languages))))
    query = normalised(exchange.turn.head.query) if keep.query else b""
    return Key(exchange.path, query, tuple(fields))


@remembered(_REMEMBERED)
def normalised(query: bytes) -> bytes:
    """A query whose names are in order, and whose encodings are those that are needed (RFC 3986, 6.2.2).

    Values of one name stay in the order they were given in.
    """
    pairs = [_ENCODED.sub(_as_needed, pair) for pair in query.split(b"&") if pair]
    pairs.sort(key=lambda pair: pair.partition(b"=")[0])
    return b"&".join(pairs)


def _as_needed(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16)
    return bytes([byte]) if byte in _UNRESERVED else match[0].upper()


@remembered(_REMEMBERED)
def _type(asked: Asked) -> bytes | None:
    """The first of the offered media types that is wanted most (RFC 9110, 12.5.1), None if none is wanted."""
    accept, offered = asked
    wanted = dict(_by_quality(accept or b"*/*"))
    best: tuple[float, str] | None = None
    for name in offered:
        ranges = (name.encode(), name.partition("/")[0].encode() + b"/*", b"*/*")
        quality = next((wanted[each] for each in ranges if each in wanted), 0.0)
        if quality and (best is None or quality > best[0]):
            best = quality, name
    return best[1].encode() if best else None


@remembered(_REMEMBERED)
def _named(asked: Asked) -> bytes:
    """The first of the offered media types that is named, else any."""
    accept, offered = asked
    names = {name for name, quality in _by_quality(accept) if quality}
    return next((each.encode() for each in offered if each.encode() in names), b"*/*")


@remembered(_REMEMBERED)
def _language(asked: Asked) -> bytes:
    """The language that is asked for first, if it is offered, else the first of the offered."""
    languages, offered = asked
    for name, _ in sorted(_by_quality(languages), key=lambda each: -each[1])[:1]:
        primary = name.partition(b"-")[0].decode("latin-1")
        if primary in offered:
            return primary.encode()
    return offered[0].encode()


def _by_quality(listed: bytes) -> list[tuple[bytes, float]]:
    found = []
    for item in listed.lower().split(b","):
        name, *parameters = (part.strip() for part in item.split(b";"))
        quality = next((_number(part[2:]) for part in parameters if part.startswith(b"q=")), 1.0)
        if name:
            found.append((name, quality))
    return found


def _number(text: bytes) -> float:
    return float(text) if re.fullmatch(rb"[01](\.[0-9]{0,3})?", text) else 0.0
