"""One answer that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway_service.cache.dates import http_date
from gateway_service.cache.freshness import Freshness, surrogate_keys
from gateway_service.cache.keys import Key
from gateway_service.exchange import Exchange
from gateway_service.messages import Header, Response
from gateway_service.remembered import remembered

OVERHEAD_BYTES = 2048
"""What an entry takes beside what it says: objects, and its place in the store and under each surrogate key."""
_OF_THE_WHOLE = frozenset({b"content-length", b"content-encoding"})
_ITS_OWN = frozenset({b"age", b"content-length"})


@dataclass(slots=True, eq=False)
class Entry:
    """Times are of the monotonic clock. ``size`` is what it takes of the store, in bytes.

    ``forms`` are the body in content codings; all of them take no more room than itself.
    """

    key: Key
    status: int
    headers: list[Header]
    body: bytes
    vary: bytes
    surrogates: frozenset[str]
    born: float  # when it would have been of age 0
    fresh_until: float
    stale_until: float
    etag: bytes | None
    modified: bytes | None
    size: int
    forms: dict[str, bytes] = field(default_factory=dict)

    def response(self, exchange: Exchange, now: float) -> Response:
        """What a client gets, which may have it already (RFC 9110, 13)."""
        age = (b"age", b"%d" % (now - self.born))
        if self.status == 200 and self._is_known(exchange.fields):
            kept = [header for header in self.headers if header[0] not in _OF_THE_WHOLE]
            return Response(304, b"", [*kept, age], self.vary)
        return Response(self.status, self.body, [*self.headers, age], self.vary, self.forms)

    def _is_known(self, fields: Mapping[bytes, bytes]) -> bool:
        known = fields.get(b"if-none-match")
        if known is not None:
            return known.strip() == b"*" or (self.etag is not None and _weak(self.etag) in _tags(known))
        since = fields.get(b"if-modified-since")
        return since is not None and self.modified is not None and _is_unmodified(self.modified, since)


def entry_of(key: Key, response: Response, body: bytes, fresh: Freshness, now: float) -> Entry:
    """An answer whose body is whole, as it is kept."""
    headers = [header for header in response.headers if header[0] not in _ITS_OWN]
    headers.append((b"content-length", b"%d" % len(body)))
    fields, surrogates = dict(headers), surrogate_keys(headers)
    said = sum(len(name) + len(value) for name, value in headers) + len(key.path) + len(key.query)
    return Entry(
        key=key,
        status=response.status,
        headers=headers,
        body=body,
        vary=response.vary,
        surrogates=surrogates,
        born=now - fresh.age,
        fresh_until=now + fresh.fresh,
        stale_until=now + fresh.fresh + fresh.stale,
        etag=fields.get(b"etag"),
        modified=fields.get(b"last-modified"),
        size=2 * len(body) + said + OVERHEAD_BYTES + sum(200 + len(each) for each in surrogates),
    )


@remembered(1000)
def _tags(listed: bytes) -> frozenset[bytes]:
    return frozenset(_weak(tag.strip()) for tag in listed.split(b","))


def _weak(tag: bytes) -> bytes:
    return tag.removeprefix(b"W/")


def _is_unmodified(modified: bytes, since: bytes) -> bool:
    at, known = http_date(modified), http_date(since)
    return bool(at and known and at <= known)
