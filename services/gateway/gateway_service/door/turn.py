"""One request and its answer, as the ASGI application sees them."""

import asyncio
from collections.abc import Callable
from typing import Any

from gateway_service.door.head import Head
from gateway_service.door.limits import AHEAD_BYTES
from gateway_service.door.response import ResponseEncoder

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Wire:
    """The way back to the client; ``writable`` is set unless it reads too slowly."""

    __slots__ = ("pace", "writable", "write")

    def __init__(self, write: Callable[[bytes], None], pace: Callable[[], None]) -> None:
        self.write = write
        self.pace = pace  # called when there is room for more to come
        self.writable = asyncio.Event()
        self.writable.set()


class Turn:
    """``arrived``: the request is here whole. ``left``: nothing more will come, or is heard."""

    __slots__ = ("_delivered", "_expects", "_parts", "_unread", "_waiter", "_wire", "answer", "arrived", "head", "left")

    def __init__(self, wire: Wire, head: Head, *, arrived: bool, keep: bool) -> None:
        self._wire = wire
        self.head = head
        self.answer = ResponseEncoder(head_only=head.method == "HEAD", keep=keep)
        self.arrived = arrived
        self.left = False
        self._parts: list[bytes] = []
        self._unread = 0
        self._delivered = False
        self._waiter: asyncio.Future[None] | None = None
        self._expects = not arrived and head.minor == 1 and _expects_continue(head)

    # the application's side

    async def receive(self) -> dict[str, Any]:
        """The body as it comes, also behind the answer; then that the client has left, or has its answer."""
        if self._expects and not self._parts and not self.answer.begun:
            self._wire.write(_CONTINUE)
        self._expects = False
        while True:
            if self._parts or (self.arrived and not self._delivered):
                return self._body()
            if self.left or (self._delivered and self.answer.complete):
                return {"type": "http.disconnect"}
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    async def send(self, message: dict[str, Any]) -> None:
        """Send a part of the answer as fast as the client takes it; to one that has left, nothing."""
        answer = self.answer
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], message["headers"]
            return
        last = not message.get("more_body", False)
        data = answer.part(message.get("body", b""), last=last, chunks=self.head.minor == 1)
        if data:
            self._wire.write(data)
        if last:
            self._wake()
        if not self._wire.writable.is_set():
            await self._wire.writable.wait()

    # the connection's side

    @property
    def full(self) -> bool:
        """More of the body has come than is being read."""
        return self._unread > AHEAD_BYTES

    def part(self, body: bytes) -> None:
        """A part of the body has come."""
        self._parts.append(body)
        self._unread += len(body)
        self._wake()

    def arrive(self) -> None:
        """The request is whole."""
        self.arrived = True
        self._wake()

    def leave(self) -> None:
        """The client has left, or cannot be understood any more."""
        self.left = True
        self._wake()

    def _body(self) -> dict[str, Any]:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        was_full, self._unread = self.full, 0
        self._delivered = self.arrived
        if was_full:
            self._wire.pace()
        return {"type": "http.request", "body": body, "more_body": not self.arrived}

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


def _expects_continue(head: Head) -> bool:
    return any(name == b"expect" and value.lower() == b"100-continue" for name, value in head.headers)
