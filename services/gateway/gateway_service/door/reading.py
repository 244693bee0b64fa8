"""Reads one request after another from what a client sends, and nothing of the next before it is asked to."""

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway_service.door import head as heads
from gateway_service.door.head import Head
from gateway_service.door.limits import FRAMING_BYTES, HEAD_BYTES
from gateway_service.door.received import EMPTY_LINE, Received
from gateway_service.messages import Header

_FIRST_LINES = {minor: b"GET / HTTP/1.%d\r\n" % minor for minor in (0, 1)}


class Reading:
    """``raw``: the head so far. ``whole``: the request has come to its end. ``keep``: another may follow it.

    Clients say the same with each request of a connection, but for its first line. What was read once, and had no body
    behind it, is not read again; ``forget`` it where nothing is asked, for it may be a token.
    """

    _last: Head | None = None
    _last_lines = b""  # headers, to the empty line

    def __init__(self) -> None:
        self._parser = HttpRequestParser(self)
        self.received = Received()
        self.begin()

    def begin(self) -> None:
        """Be ready for the next request."""
        self.raw = b""
        self.whole = False
        self.keep = False
        self._headers: list[Header] = []
        self._content: list[bytes] = []
        self._left: int | None = None  # of a body whose length is known
        self._empty_bytes = 0  # of a chunked body, since its last content

    def head(self) -> Head | None:
        """The head, once it has come; raises Refusal."""
        raw = self.raw + self.received.through_empty_line()
        while raw[:2] == b"\r\n":  # empty lines, which older clients send behind a body (RFC 9112, 2.2)
            raw = raw[2:]
        self.raw = raw
        if len(raw) > HEAD_BYTES:
            raise heads.too_long(raw)
        if raw[-4:] == EMPTY_LINE:
            return self._parsed()
        if heads.is_hopeless(raw):
            heads.first_line(raw)  # says so if that is what is wrong, as it does once all has come
            raise heads.malformed()
        return None

    def body(self) -> bytes:
        """Content that has come; raises Refusal."""
        if self._left is None:
            piece = self.received.through_empty_line()
        else:
            piece = self.received.take(self._left)
            self._left -= len(piece)
        try:
            self._parser.feed_data(piece)
        except HttpParserError:
            raise heads.malformed() from None
        content = b"".join(self._content)
        self._content.clear()
        self._empty_bytes = 0 if content else self._empty_bytes + len(piece)
        if self._empty_bytes > FRAMING_BYTES:
            raise heads.malformed()
        return content

    def forget(self) -> None:
        """Keep nothing of what was read."""
        self._last, self._last_lines = None, b""

    def _parsed(self) -> Head:
        raw = self.raw
        line = heads.first_line(raw)
        minor, lines, upgrades = int(line[3]), raw[line.end() :], False
        if lines == self._last_lines and self._last is not None and minor == self._last.minor:
            self.keep = self.whole = True
            return heads.again(line, self._last)
        try:
            self._parser.feed_data(_FIRST_LINES[minor] + lines)
        except HttpParserUpgrade:
            upgrades = True
        except HttpParserError:
            raise heads.malformed() from None
        headers, self._headers = self._headers, []  # what comes behind the body are trailers
        head = heads.read(line, headers, len(raw), upgrades=upgrades)
        self.keep = self.keep and minor == 1
        if not self.whole and b"content-length" in head.fields:
            self._left = int(head.fields[b"content-length"])
        if self.whole and self.keep and not upgrades:
            self._last, self._last_lines = head, lines
        return head

    # the parser's callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        self.keep = self._parser.should_keep_alive()  # the parser forgets it when the message is whole

    def on_body(self, body: bytes) -> None:
        self._content.append(body)

    def on_message_complete(self) -> None:
        self.whole = True
