"""One HTTP/1.1 connection to a service: sends a request, reads the answer as it comes, and stops when told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Literal, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway_service.exchange import Header

UNREAD_BYTES = 256 * 1024  # read ahead of the client, before the service has to wait
HEAD_BYTES = 64 * 1024
_BODILESS = frozenset({204, 304})


class UpstreamFailedError(Exception):
    """The service cannot be connected to (``upstream_unreachable``) or gave no answer to be understood.

    ``unanswered``: it ended before the head of an answer was whole, as a server that stops does; none was unreadable.
    """

    def __init__(self, code: Literal["upstream_unreachable", "upstream_invalid"], *, unanswered: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.unanswered = unanswered


class Connection(asyncio.Protocol):
    """Serves one exchange at a time. ``lost`` is called when it can serve no more."""

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        self._lost = lost
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._sending: asyncio.Task[None] | None = None
        self.opened_at = monotonic()
        self.idle_since = self.opened_at
        self.busy = False

    # the exchange

    def begin(self, method: str, head: bytes, body: AsyncIterator[bytes] | None = None) -> None:
        """Send a request. What ``body`` yields follows the head as fast as the service takes it."""
        self._method = method
        self._parser = HttpResponseParser(self)
        self._chunks: list[bytes] = []
        self._unread = 0
        self._head_bytes = 0
        self._error: BaseException | None = None
        self._until_close = False
        self._keep_alive = False
        self.status = 0
        self.headers: list[Header] = []
        self.answered = False
        self.complete = False
        self.busy = True
        self._transport.write(head)
        self._sending = asyncio.get_running_loop().create_task(self._send(body)) if body else None

    async def head(self) -> None:
        """Wait for status and headers."""
        while not self.answered:
            await self._change()

    async def read(self) -> bytes:
        """The next part of the body, empty at its end."""
        while not self._chunks and not self.complete:
            await self._change()
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        if self._unread > UNREAD_BYTES:
            self._transport.resume_reading()
        self._unread = 0
        return data

    @property
    def at_end(self) -> bool:
        """Nothing is left to read."""
        return self.complete and not self._chunks

    @property
    def reusable(self) -> bool:
        """Whether another request may follow."""
        sent = self._sending is None or self._sending.done()
        return sent and self.complete and self._keep_alive and not self.closed

    def fail(self, error: BaseException) -> None:
        """Let whoever waits for the answer know that it will not come."""
        if not self.complete:
            self._error = self._error or error
            self._wake()

    def rest(self) -> None:
        """Serve nobody for now."""
        self.busy = False
        self.idle_since = monotonic()

    def abort(self) -> None:
        """Close at once, whatever is under way: the service learns that nobody waits any more."""
        if self._sending:
            self._sending.cancel()
        self._transport.abort()

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self.busy or self.complete:
            self.abort()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._refuse()
            return
        if not self.answered:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._sending:
            self._sending.cancel()
        if self.busy:
            if self._until_close and exc is None:
                self.on_message_complete()
            self.fail(UpstreamFailedError("upstream_invalid", unanswered=not self.answered))
        self._writable.set()
        self._lost(self)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # the parser's callbacks

    def on_message_begin(self) -> None:
        if self.complete:  # a second answer behind the first belongs to nobody
            self._keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.answered:  # after the body they are trailers
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self.answered:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:  # 100 Continue and the like are between the service and us
            self.headers.clear()
            return
        self._keep_alive = self._parser.should_keep_alive()
        self.answered = True
        if self._method == "HEAD" or self.status in _BODILESS:
            self.complete = True
        else:
            names = {name for name, _ in self.headers}
            self._until_close = not names & {b"content-length", b"transfer-encoding"}
        self._wake()

    def on_body(self, body: bytes) -> None:
        if self.complete:  # where there can be none, after HEAD
            self._keep_alive = False
            return
        self._chunks.append(body)
        before, self._unread = self._unread, self._unread + len(body)
        if before <= UNREAD_BYTES < self._unread:
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        if self.answered:
            self.complete = True
            self._wake()

    def _refuse(self) -> None:
        self.fail(UpstreamFailedError("upstream_invalid"))
        self.abort()

    async def _send(self, body: AsyncIterator[bytes]) -> None:
        try:
            async for part in body:
                await self._writable.wait()
                self._transport.write(part)
        except Exception as error:  # noqa: BLE001  it is raised again where the answer is waited for
            self.fail(error)

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def _change(self) -> None:
        if self._error:
            raise self._error
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
