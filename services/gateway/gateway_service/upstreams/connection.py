"""One HTTP/1.1 connection to a service: sends a request, hands on the answer as it comes, and stops when told to."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Literal, Protocol, cast

from gateway_service.upstreams.answer import Answer, AnswerBrokenError


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


class UpstreamConnection(asyncio.Protocol):
    """Serves one exchange at a time. ``lost`` is called when it can serve no more."""

    def __init__(self, lost: Callable[["UpstreamConnection"], None]) -> None:
        self._lost = lost
        self._listener: Listener | None = None
        self._told = False
        self._writable = asyncio.Event()
        self._writable.set()
        self.answer = Answer()
        self.sent = True
        self.closed = False
        self.opened_at = self.idle_since = monotonic()

    # the exchange

    def begin(self, listener: Listener, method: str, head: bytes, *, sent: bool = True) -> None:
        """Send a request; unless all of it is ``sent`` by this, its body follows by ``write``."""
        self._listener = listener
        self._told = False
        self.answer.begin(method)
        self.sent = sent
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
        return self.sent and self.answer.complete and self.answer.keep and not self.closed

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
            content = self.answer.feed(data)
        except AnswerBrokenError:
            self._fail()
        else:
            if self.answer.headed:
                self._tell(content)

    def eof_received(self) -> None:
        self.closed = True  # as the transport does now

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._writable.set()
        self._lost(self)
        if self._listener is None:
            return
        if self.answer.until_close and exc is None:
            self.answer.complete = True
            self._tell(b"")
        else:
            self._fail(unanswered=not self.answer.headed)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # telling who asked

    def _tell(self, data: bytes) -> None:
        listener, answer = self._listener, self.answer
        assert listener is not None
        if self._told:
            if data or answer.complete:
                listener.part(data, last=answer.complete)
        elif data or answer.complete or answer.is_event_stream:
            self._told = True
            listener.answered(data, last=answer.complete)

    def _fail(self, *, unanswered: bool = False) -> None:
        listener = self._listener
        self.abort()
        if listener:
            listener.failed(UpstreamFailedError("upstream_invalid", unanswered=unanswered))
