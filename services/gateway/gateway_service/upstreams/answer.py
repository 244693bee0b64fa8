"""Reads one answer after another from what a service sends, and none whose end could be in doubt."""

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway_service.messages import Header

BARE_BYTES = 64 * 1024
"""The most of an answer that bring no content: its head, those before it (1xx), extensions of chunks, trailers."""
_CHUNK_BYTES = 32  # what is fair for the framing of one
_BODILESS = frozenset({204, 304})
_VERSIONS = frozenset({"1.0", "1.1"})


class AnswerBrokenError(Exception):
    """The answer is none of HTTP/1.x, or could be read in two ways."""


class Answer:
    """``headed``: status and headers are here. ``complete``: all is. ``keep``: another may follow it.

    The parser takes any coding, chunked twice or in HTTP/1.0, versions that are none, and extensions and trailers
    without end: all that is refused here.
    """

    def __init__(self) -> None:
        self._at_start = False  # the parser has seen an answer's end and stands before the next

    def begin(self, method: str) -> None:
        """Be ready for the answer to a request."""
        if not self._at_start:
            self._parser = HttpResponseParser(self)
        self._at_start = False
        self._method = method
        self._chunks: list[bytes] = []
        self._bare = 0
        self.status = 0
        self._lines: list[Header] = []
        self.headers: list[Header] = []
        self.fields: dict[bytes, bytes] = {}
        self.headed = False
        self.complete = False
        self.keep = False
        self.until_close = False  # the end of the connection is that of the body
        self.is_event_stream = False

    def feed(self, data: bytes) -> bytes:
        """What of the body is in what has come; raises AnswerBrokenError."""
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self.keep = False
            if not self.complete:  # else it is whole, and what comes behind it belongs to nobody
                raise AnswerBrokenError from None
        chunks = self._chunks
        content = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._bare += len(data) - len(content) - _CHUNK_BYTES * len(chunks)
        if self._bare > BARE_BYTES:
            raise AnswerBrokenError
        chunks.clear()
        return content

    # the parser's callbacks; it fails at what they raise

    def on_message_begin(self) -> None:
        if self.complete:  # a second answer behind the first belongs to nobody
            self.keep = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self._lines.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self.headed:
            return
        self.status = self._parser.get_status_code()
        if 100 <= self.status < 200:  # 100 Continue and the like are between the service and us
            self._lines.clear()
            return
        self.headers, self._lines = self._lines, []  # what comes behind the body are trailers
        self.headed = True
        self.keep = self._parser.should_keep_alive()
        self.fields = fields = dict(self.headers)
        if self._parser.get_http_version() != "1.1" or not 200 <= self.status <= 599 or b"transfer-encoding" in fields:
            self._check_framing(fields)
        if self._method == "HEAD" or self.status in _BODILESS:
            self.complete = True
        else:
            self.until_close = b"content-length" not in fields and b"transfer-encoding" not in fields
            self.is_event_stream = fields.get(b"content-type", b"").startswith(b"text/event-stream")

    def on_body(self, body: bytes) -> None:
        if self.complete:  # where there can be none, after HEAD
            self.keep = False
        else:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        if self.headed:
            self.complete = self._at_start = True

    def _check_framing(self, fields: dict[bytes, bytes]) -> None:
        version, coding = self._parser.get_http_version(), fields.get(b"transfer-encoding")
        if not 200 <= self.status <= 599 or version not in _VERSIONS:
            raise AnswerBrokenError
        if coding is None:
            return
        codings = sum(name == b"transfer-encoding" for name, _ in self.headers)
        if codings > 1 or coding.lower() != b"chunked" or version == "1.0":
            raise AnswerBrokenError
