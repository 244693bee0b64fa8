"""``python -m benchmarks.gateway.busy_service PORT``: a service with ten threads, each a request of 50 ms at a time.

What comes while all are busy waits, in the order it came, as in a web server's queue.
"""

import asyncio
import sys
from collections import deque
from typing import cast

import uvloop

THREADS = 10
SECONDS = 0.05
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Threads:
    """Those that are free, and who waits for one."""

    def __init__(self) -> None:
        self._free = THREADS
        self._waiting: deque[asyncio.Transport] = deque()

    def work(self, transport: asyncio.Transport) -> None:
        self._waiting.append(transport)
        self._begin()

    def _begin(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            asyncio.get_running_loop().call_later(SECONDS, self._answer, self._waiting.popleft())

    def _answer(self, transport: asyncio.Transport) -> None:
        self._free += 1
        if not transport.is_closing():
            transport.write(_ANSWER)
        self._begin()


class Connection(asyncio.Protocol):
    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._data.endswith(b"\r\n\r\n"):
            self._data = b""
            self._threads.work(self._transport)


async def serve(port: int) -> None:
    """Until it is terminated."""
    threads = Threads()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(threads), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
