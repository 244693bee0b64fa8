"""A document as it is sent: with a tag, packed where that is worth it and understood, and nothing if it is known."""

import gzip
from hashlib import blake2b

from gateway_service.exchange import Exchange
from gateway_service.messages import Header, Response

JSON = b"application/json"
HTML = b"text/html; charset=utf-8"
FOR_AN_HOUR = b"public, max-age=3600"
_WORTH_PACKING_BYTES = 1400  # less is one packet either way
_PACKED = (b"content-encoding", b"gzip")


class Page:
    """``policy`` is its Content-Security-Policy, which only what a browser shows needs; ``chosen_by`` its Vary."""

    def __init__(
        self,
        body: bytes,
        content_type: bytes,
        *,
        cache: bytes = FOR_AN_HOUR,
        policy: bytes = b"",
        chosen_by: bytes = b"",
    ) -> None:
        tag = blake2b(body, digest_size=9).hexdigest()
        self._vary = b", ".join(filter(None, (chosen_by, b"Accept-Encoding")))
        self._headers: list[Header] = [(b"content-type", content_type), (b"cache-control", cache)]
        if policy:
            self._headers.append((b"content-security-policy", policy))
        self._plain = body, f'"{tag}"'.encode()
        self._packed = None
        if len(body) > _WORTH_PACKING_BYTES and not content_type.startswith(b"image/"):
            self._packed = gzip.compress(body, mtime=0), f'"{tag}-gzip"'.encode()

    def response(self, exchange: Exchange) -> Response:
        """For this request: the page, or 304 where the client has it."""
        packs = self._packed and _takes_gzip(exchange.fields.get(b"accept-encoding", b""))
        body, tag = self._packed if self._packed and packs else self._plain
        headers = [*self._headers, (b"etag", tag)]
        if tag in exchange.fields.get(b"if-none-match", b""):
            return Response(304, b"", headers, self._vary)
        return Response(200, body, [*headers, _PACKED] if packs else headers, self._vary)


def prefers_json(exchange: Exchange) -> bool:
    """Whether a program asks, and no browser."""
    return b"json" in exchange.fields.get(b"accept", b"")


def _takes_gzip(accepts: bytes) -> bool:
    for item in accepts.lower().split(b","):
        name, _, weight = item.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False
