"""Whether an answer may be kept for everybody, and for how long (RFC 9111, 3 and 4.2; RFC 5861)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gateway_service.cache.dates import http_date
from gateway_service.config import Keep
from gateway_service.messages import Header, Response

ERROR_SECONDS = 5
"""The longest an error is kept, whatever it says of itself."""
MOST_SECONDS = 7 * 86_400
_KEPT = frozenset({200, 203, 301, 308, 404, 410})
_DIRECTIVE = re.compile(r'\s*([a-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,"]*)))?\s*(?:,|$)', re.IGNORECASE)
_FORBIDDEN = frozenset({"no-store", "no-cache", "private"})
_OF_ONE = frozenset({b"set-cookie", b"x-accel-redirect", b"content-range", b"www-authenticate"})
_KEYS = frozenset({b"surrogate-key", b"cache-tag"})
_NEVER_SENT = frozenset({b"authorization", b"cookie", b"origin", b"accept-encoding"})
"""What an answer may vary by, since no request with it, or none at all, is answered from the cache by its value."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """In seconds from now on."""

    fresh: float
    stale: float  # for which it may be used while a new one is fetched
    age: float  # it has already


def freshness(response: Response, keep: Keep) -> Freshness | None:
    """How long the answer to a stranger may be given to others, None if it may not."""
    fields = dict(response.headers)
    if response.status not in _KEPT or not _OF_ONE.isdisjoint(fields) or not varies_by_key(response.vary, keep):
        return None
    said = directives(b",".join(value for name, value in response.headers if name == b"cache-control"))
    if said is None or not _FORBIDDEN.isdisjoint(said):
        return None
    lifetime, age = _lifetime(said, fields), _age(response)
    if lifetime is None or age is None or lifetime <= age:
        return None
    if response.status >= 400:
        return Freshness(min(lifetime - age, ERROR_SECONDS), 0, age)
    revalidates = {"must-revalidate", "proxy-revalidate"} & said.keys()
    stale = 0 if revalidates else _seconds(said.get("stale-while-revalidate", "")) or 0
    return Freshness(lifetime - age, stale, age)


def varies_by_key(vary: bytes, keep: Keep) -> bool:
    """Whether all that the answer was chosen by is part of the key, or never sent to the service."""
    named = {name.strip().lower() for name in vary.split(b",") if name.strip()}
    keyed_by = ((b"accept", keep.accept or keep.named), (b"accept-language", keep.languages))
    keyed = {name for name, offered in keyed_by if offered}
    return named <= keyed | _NEVER_SENT


def surrogate_keys(headers: Iterable[Header]) -> frozenset[str]:
    """By what events the answer is to be forgotten."""
    listed = b" ".join(value.replace(b",", b" ") for name, value in headers if name in _KEYS)
    return frozenset(listed.decode("latin-1").split())


def directives(cache_control: bytes) -> dict[str, str] | None:
    """What Cache-Control says by name, the first of each; None if it cannot be read."""
    text, found, at = cache_control.decode("latin-1"), dict[str, str](), 0
    while at < len(text):
        match = _DIRECTIVE.match(text, at)
        if match is None:
            if text[at] not in ", \t":
                return None
            at += 1
            continue
        found.setdefault(match[1].lower(), match[2] or match[3] or "")
        at = match.end()
    return found


def _lifetime(said: dict[str, str], fields: dict[bytes, bytes]) -> float | None:
    for name in ("s-maxage", "max-age"):
        if name in said:
            return _seconds(said[name])
    expires, date = (http_date(fields.get(name, b"")) for name in (b"expires", b"date"))
    return (expires - date).total_seconds() if expires and date else None


def _age(response: Response) -> float | None:
    """What it had when it came; None for what is no age, or more than one: it may be of any."""
    said = [value for name, value in response.headers if name == b"age"]
    return _seconds(b",".join(said).decode("latin-1")) if said else 0


def _seconds(text: str) -> float | None:
    return min(int(text), MOST_SECONDS) if text.isascii() and text.isdigit() else None
