"""One request and its response, as the application sees them."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from gateway_service.door.head import Head
from gateway_service.door.limits import AHEAD_BYTES
from gateway_service.door.response import ResponseEncoder
from gateway_service.messages import Header, Source

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class BodyBrokenError(Exception):
    """The rest of a request's body will not come: its framing is broken, or the client has left."""


class Line(Protocol):
    """The connection of a turn."""

    def write(self, data: bytes) -> None: ...

    def pace(self) -> None:
        """There may be room for more of the body."""

    def ended(self, turn: "Turn") -> None:
        """The response is complete, or cut."""


class Turn:
    """``arrived``: the request is here whole; ``unread`` bytes of its body were not taken yet.

    ``on_leave`` is called if the client leaves before its response ends.
    """

    on_leave: Callable[[], object] | None = None
    source: Source | None = None
    unread = 0
    sent = 0  # bytes of the response
    _broken = False
    _waiter: asyncio.Future[None] | None = None

    def __init__(self, line: Line, head: Head, client: str, *, arrived: bool, keep: bool) -> None:
        self._line = line
        self.head = head
        self.client = client
        self.arrived = arrived
        self._encoder = ResponseEncoder(head_only=head.method == "HEAD", keep=keep)
        self._parts: list[bytes] = []
        self._expects = not arrived and head.expects_continue

    # the application's side: the body

    @property
    def empty(self) -> bool:
        """There is no body."""
        return self.arrived and not self._parts

    def take(self) -> bytes:
        """What has come of the body, and was not taken yet."""
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        was_full, self.unread = self.full, 0
        if was_full:
            self._line.pace()
        return body

    async def read(self) -> bytes:
        """The next part of the body, empty at its end; raises BodyBrokenError."""
        if self._expects and not self._parts and not self._encoder.begun:
            self._line.write(_CONTINUE)
        self._expects = False
        while not self._parts:
            if self.arrived:
                return b""
            if self._broken:
                raise BodyBrokenError
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self.take()

    # the application's side: the response

    def respond(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        """Give a whole response. Raises ValueError, as ``part``, if it is not the one that is announced."""
        encoded = self._encoder.whole(status, headers, body)
        self.sent = len(encoded)
        self._line.write(encoded)
        self.cut()

    def begin(self, status: int, headers: Iterable[Header], source: Source) -> None:
        """Give a response whose body comes in parts, from a source that waits for the client."""
        self._encoder.begin(status, headers)
        self.source = source

    def part(self, data: bytes, *, last: bool) -> None:
        """Send a part of the body, the first one with the head."""
        encoded = self._encoder.part(data, last=last, chunks=self.head.minor == 1)
        if encoded:
            self.sent += len(encoded)
            self._line.write(encoded)
        if last:
            self.cut()

    def cut(self) -> None:
        """End here; a response that is not whole takes its connection with it."""
        self.source = self.on_leave = None
        self._line.ended(self)

    # the connection's side

    @property
    def complete(self) -> bool:
        """The response has been given whole."""
        return self._encoder.complete

    @property
    def keep(self) -> bool:
        """Whether another request may follow."""
        return self._encoder.keep

    @property
    def full(self) -> bool:
        """More of the body has come than is being read."""
        return self.unread > AHEAD_BYTES and not self.complete

    @property
    def sends_on(self) -> bool:
        """The client has begun to send a body that is not here yet."""
        return not (self.arrived or self._expects or self._broken)

    def add(self, body: bytes) -> None:
        """A part of the body has come; behind the response it is of no use."""
        if not self.complete:
            self._parts.append(body)
            self.unread += len(body)
            self._wake()

    def arrive(self) -> None:
        """The request is whole."""
        self.arrived = True
        self._wake()

    def break_off(self) -> None:
        """The rest of the body cannot be understood: whoever reads it says so, and the connection ends."""
        self._broken = True
        self._encoder.keep = False
        self._wake()

    def leave(self) -> None:
        """The client is not there any more."""
        self.break_off()
        on_leave, self.on_leave = self.on_leave, None
        if on_leave:
            on_leave()

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)
