"""A document as it is sent: with a tag, in the coding its client wants most, and nothing if it is known."""

from hashlib import blake2b

from gateway_service.compression.codings import chosen, encoded
from gateway_service.compression.tags import marked
from gateway_service.exchange import Exchange
from gateway_service.messages import Header, Response

JSON = b"application/json"
HTML = b"text/html; charset=utf-8"
FOR_AN_HOUR = b"public, max-age=3600"
_WORTH_PACKING_BYTES = 1400  # less is one packet either way


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
        self._body = body
        self._tag = f'"{blake2b(body, digest_size=9).hexdigest()}"'.encode()
        self._vary = b", ".join(filter(None, (chosen_by, b"Accept-Encoding")))
        self._headers: list[Header] = [(b"content-type", content_type), (b"cache-control", cache)]
        if policy:
            self._headers.append((b"content-security-policy", policy))
        self._is_packed = len(body) > _WORTH_PACKING_BYTES and not content_type.startswith(b"image/")
        self._forms: dict[str, bytes] = {}

    def response(self, exchange: Exchange) -> Response:
        """For this request: the page, or 304 where the client has it."""
        coding = chosen(exchange.value(b"accept-encoding")) if self._is_packed else None
        tag = marked(self._tag, coding) if coding else self._tag
        headers = [*self._headers, (b"etag", tag)]
        if tag in exchange.fields.get(b"if-none-match", b""):
            return Response(304, b"", headers, self._vary)
        if coding is None:
            return Response(200, self._body, headers, self._vary)
        return Response(200, self._form(coding), [*headers, (b"content-encoding", coding.encode())], self._vary)

    def _form(self, coding: str) -> bytes:
        """The body in a coding; made when it is first wanted."""
        if coding not in self._forms:
            self._forms[coding] = encoded(coding, self._body)
        return self._forms[coding]
