"""One HTTP/1.1 connection to a service: sends a request, hands on the answer as it comes, and stops when told to."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Literal, Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway_service.messages import Header

BARE_BYTES = 64 * 1024
"""Of an answer that bring no content: its head, those before it (1xx), extensions of chunks, trailers."""
_CHUNK_BYTES = 32  # what is fair for the framing of one
_BODILESS = frozenset({204, 304})


class UpstreamFailedError(Exception):
    """The service cannot be connected to (``upstream_unreachable``) or gave no answer to be understood.

    ``unanswered``: it ended before the head of an answer was whole, as a server that stops does; none was unreadable.
    """

    def __init__(self, code: Literal["upstream_unreachable", "upstream_invalid"], *, unanswered: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.unanswered = unanswered


class Listener(Protocol):
    """Who asked. ``answered`` comes once and first, ``failed`` instead of what would come otherwise."""

    def answered(self, data: bytes, *, last: bool) -> None:
        """Status and headers are here, and the first of the body: an upstream that fails before it gave no answer."""

    def part(self, data: bytes, *, last: bool) -> None: ...

    def failed(self, error: UpstreamFailedError) -> None: ...


class Connection(asyncio.Protocol):
    """Serves one exchange at a time. ``lost`` is called when it can serve no more."""

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        self._lost = lost
        self._listener: Listener | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._parsed = False  # the parser has seen an answer's end and stands before the next
        self.sent = True
        self.closed = False
        self.opened_at = self.idle_since = monotonic()

    # the exchange

    def begin(self, listener: Listener, method: str, head: bytes, *, sent: bool = True) -> None:
        """Send a request; unless all of it is ``sent`` by this, its body follows by ``write``."""
        self._listener = listener
        self._method = method
        if not self._parsed:
            self._parser = HttpResponseParser(self)
        self._parsed = False
        self._chunks: list[bytes] = []
        self._bare = 0
        self._headed = False
        self._told = False
        self._complete = False
        self._until_close = False
        self._keep_alive = False
        self.sent = sent
        self.status = 0
        self.headers: list[Header] = []
        self.is_event_stream = False
        self._transport.write(head)

    async def write(self, data: bytes) -> None:
        """Send more of a request's body, as fast as the service takes it."""
        self._transport.write(data)
        await self._writable.wait()

    def pause(self) -> None:
        """Read no more for now."""
        if not self.closed:
            self._transport.pause_reading()

    def resume(self) -> None:
        if not self.closed:
            self._transport.resume_reading()

    def rest(self) -> bool:
        """Serve nobody for now; whether another request may follow."""
        self._listener = None
        self.idle_since = monotonic()
        return self.sent and self._complete and self._keep_alive and not self.closed

    def abort(self) -> None:
        """Close at once, whatever is under way: the service learns that nobody waits any more."""
        self._listener = None
        self.closed = True
        self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._listener is None:
            self.abort()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._keep_alive = False
            if not self._complete:  # else it is whole, and what comes behind it belongs to nobody
                self._fail()
                return
        chunks = self._chunks
        self._bare += len(data) - sum(map(len, chunks)) - _CHUNK_BYTES * len(chunks)
        if self._bare > BARE_BYTES:
            self._fail()
        elif self._headed:
            self._tell()

    def eof_received(self) -> None:
        self.closed = True  # as the transport does now

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._writable.set()
        self._lost(self)
        if self._listener and self._until_close and exc is None:
            self._complete = True
            self._tell()
        elif self._listener:
            self._fail(unanswered=not self._headed)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # the parser's callbacks

    def on_message_begin(self) -> None:
        if self._complete:  # a second answer behind the first belongs to nobody
            self._keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headed:  # after the body they are trailers
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._headed:
            return
        self.status = self._parser.get_status_code()
        if 100 <= self.status < 200:  # 100 Continue and the like are between the service and us
            self.headers.clear()
            return
        self._keep_alive = self._parser.should_keep_alive()
        self._headed = True
        fields = dict(self.headers)
        self._check_framing(fields)
        if self._method == "HEAD" or self.status in _BODILESS:
            self._complete = True
        else:
            self._until_close = b"content-length" not in fields and b"transfer-encoding" not in fields
            self.is_event_stream = fields.get(b"content-type", b"").startswith(b"text/event-stream")

    def _check_framing(self, fields: dict[bytes, bytes]) -> None:
        """Raise ValueError, at which the parser fails, for what it takes and leaves in doubt where the body ends."""
        version, coding = self._parser.get_http_version(), fields.get(b"transfer-encoding")
        if not 200 <= self.status <= 599 or version not in {"1.1", "1.0"}:
            raise ValueError("no answer of HTTP/1.x")
        if coding is not None and (coding.lower() != b"chunked" or version == "1.0" or _count(self.headers) != 1):
            raise ValueError("a transfer coding that is not chunked, or not alone")

    def on_body(self, body: bytes) -> None:
        if self._complete:  # where there can be none, after HEAD
            self._keep_alive = False
        else:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        if self._headed:
            self._complete = self._parsed = True

    # telling who asked

    def _tell(self) -> None:
        listener, chunks, last = self._listener, self._chunks, self._complete
        assert listener is not None
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        chunks.clear()
        if self._told:
            if data or last:
                listener.part(data, last=last)
        elif data or last or self.is_event_stream:
            self._told = True
            listener.answered(data, last=last)

    def _fail(self, *, unanswered: bool = False) -> None:
        listener = self._listener
        self.abort()
        if listener:
            listener.failed(UpstreamFailedError("upstream_invalid", unanswered=unanswered))


def _count(headers: list[Header]) -> int:
    return sum(name == b"transfer-encoding" for name, _ in headers)
