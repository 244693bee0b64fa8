"""A closed loop: so many clients, each with one connection, each asking again once it has its answer."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import cast

import uvloop

Request = bytes
_LENGTH = b"content-length:"


class Client(asyncio.Protocol):
    """Asks what is left to be asked, one after another; ``done`` tells when nothing is, or what went wrong."""

    def __init__(self, requests: Iterator[Request], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, body = self._data.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            self._end(AssertionError(self._data.decode()))
            return
        self._data = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the connection was closed"))

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._end(None)
            self._transport.close()
        else:
            self._transport.write(request)

    def _end(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error:
            self._done.set_exception(error)
        else:
            self._done.set_result(None)


def ask(port: int, requests: Sequence[Request], clients: int) -> None:
    """Ask all of it; raises AssertionError for an answer that is not 200, ConnectionError for none."""
    uvloop.run(_ask(port, iter(requests), clients))


async def _ask(port: int, requests: Iterator[Request], clients: int) -> None:
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(clients)]
    for each in done:
        await loop.create_connection(lambda each=each: Client(requests, each), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*done)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[at:].partition(b"\r\n")[0])
