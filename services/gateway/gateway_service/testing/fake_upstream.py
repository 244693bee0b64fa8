"""A service to stand behind the gateway: real sockets, and every way to answer well or badly."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

RECEIVED_AHEAD_BYTES = 2**20
"""What the kernel takes for a handler that does not read; it would be tens of megabytes where it decides itself."""


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body_bytes: int = 0
    body_complete: bool = False
    cut: bool = False
    answered: bool = False

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    def names(self) -> set[str]:
        return {name for name, _ in self.headers}


@dataclass
class Call:
    """A request being answered."""

    seen: Seen
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes = b"", status: str = "200 OK", headers: tuple[str, ...] = ()) -> None:
        lines = "".join(f"{line}\r\n" for line in headers)
        await self.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body)

    async def body(self) -> AsyncIterator[bytes]:
        """The request's body, as it arrives."""
        if self.seen.header("transfer-encoding") == "chunked":
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                yield await self.reader.readexactly(size)
                await self.reader.readuntil(b"\r\n")
            await self.reader.readuntil(b"\r\n")
            return
        left = int(self.seen.header("content-length") or 0)
        while left:
            chunk = await self.reader.read(min(left, 65536))
            if not chunk:
                raise ConnectionError
            left -= len(chunk)
            yield chunk

    async def left(self) -> None:
        """Wait until the other side closes."""
        while await self.reader.read(65536):
            pass
        self.seen.cut = True


Handler = Callable[[Call], Awaitable[None]]


async def describe(call: Call) -> None:
    """Answer with what arrived, once all of it has."""
    text = b""
    async for chunk in call.body():
        call.seen.body_bytes += len(chunk)
        text = (text + chunk)[:1000]
    call.seen.body_complete = True
    described = {
        "method": call.seen.method,
        "target": call.seen.target,
        "headers": call.seen.headers,
        "body": text.decode("latin-1"),
        "bytes": call.seen.body_bytes,
    }
    body = b"" if call.seen.method == "HEAD" else json.dumps(described).encode()
    await call.answer(body, headers=("Content-Type: application/json", 'ETag: "1"', "Server: fake", "Vary: Accept"))


@dataclass
class FakeUpstream:
    """Answers each path with the handler set for it, and others with ``fallback``.

    ``requests`` were passed on for clients; ``of_gateway`` are its own, which come when it likes: keys, tokens and the
    list of revocations.
    """

    handlers: dict[str, Handler] = field(default_factory=dict)
    fallback: Handler = describe
    requests: list[Seen] = field(default_factory=list)
    of_gateway: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> "FakeUpstream":
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._calls: set[asyncio.Task[Any]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=2**20)
        listener = server.sockets[0]
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AHEAD_BYTES)
        self.port = listener.getsockname()[1]
        self._listening.set()
        await self._stop.wait()
        server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._calls.add(task)
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                await self._answer(reader, writer)
        self._calls.discard(task)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        pairs = (line.split(":", 1) for line in head[1:-2])
        seen = Seen(method, target, [(name.lower(), value.strip()) for name, value in pairs])
        (self.requests if "x-forwarded-for" in seen.names() else self.of_gateway).append(seen)
        handler = self.handlers.get(target.partition("?")[0], self.fallback)
        try:
            await handler(Call(seen, reader, writer))
            seen.answered = True
        except (ConnectionError, asyncio.IncompleteReadError):
            seen.cut = True
            raise
