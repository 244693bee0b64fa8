"""The server by itself, with small applications behind it and limits a test can wait for."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from gateway_service.door.connection import Application
from gateway_service.door.door import Door
from gateway_service.door.turn import Turn
from gateway_service.messages import Header, Sink

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@asynccontextmanager
async def opened(app: Application, **limits: Any) -> AsyncIterator[tuple[Door, int]]:
    """A door and its port."""
    door = Door(app, **limits)
    listener = socket.create_server(("127.0.0.1", 0))
    await door.open(listener)
    try:
        yield door, listener.getsockname()[1]
    finally:
        await door.close(0)


async def talk(port: int, *parts: bytes) -> bytes:
    """Send the parts and read until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    data = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return data


class Steady:
    """A source that need not wait: what the tests send is short."""

    def flow(self, sink: Sink) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def cancel(self) -> None: ...


def answering(*parts: bytes, status: int = 200, headers: tuple[Header, ...] = ()) -> Application:
    """An application that answers with these parts, or the door's refusal."""

    def app(turn: Turn) -> None:
        code = turn.head.refusal.status if turn.head.refusal else status
        if len(parts) < 2:
            turn.respond(code, headers, b"".join(parts))
            return
        turn.begin(code, headers, Steady())
        for part in parts[:-1]:
            turn.part(part, last=False)
        turn.part(parts[-1], last=True)

    return app


def waiting(serve: Callable[[Turn], Awaitable[None]]) -> Application:
    """An application that answers in a task of its own."""
    tasks: set[asyncio.Task[None]] = set()

    async def run(turn: Turn) -> None:
        await serve(turn)

    def app(turn: Turn) -> None:
        tasks.add(asyncio.get_running_loop().create_task(run(turn)))

    return app


def request(method: str = "GET", version: str = "1.1", *lines: str) -> bytes:
    headers = "".join(f"{line}\r\n" for line in ("Host: a", "Connection: close", *lines))
    return f"{method} / HTTP/{version}\r\n{headers}\r\n".encode()


@pytest.mark.parametrize(
    ("app", "sent", "framing", "body"),
    [
        (answering(b"one", b"two"), request(), "transfer-encoding: chunked", b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
        (answering(b"one", b"", b""), request(), "transfer-encoding: chunked", b"3\r\none\r\n0\r\n\r\n"),
        (answering(b"one"), request(), "content-length: 3", b"one"),
        (answering(b"one", b"two"), request("GET", "1.0"), "", b"onetwo"),
        (answering(b"one", b"two"), request("HEAD"), "", b""),
        (answering(headers=((b"content-length", b"9"),)), request("HEAD"), "content-length: 9", b""),
        (answering(status=204, headers=((b"content-length", b"0"),)), request(), "", b""),
        (answering(b"odd", status=304), request(), "", b""),
    ],
)
async def test_end_of_an_answer_is_never_in_doubt(app: Application, sent: bytes, framing: str, body: bytes) -> None:
    async with opened(app) as (_, port):
        head, _, rest = (await talk(port, sent)).partition(b"\r\n\r\n")
    said = [line for line in head.decode().split("\r\n") if line.startswith(("content-length", "transfer-encoding"))]
    assert (said, rest) == ([framing] if framing else [], body)
    assert b"\r\nconnection: close" in head
    assert b"\r\ndate: " in head


@pytest.mark.parametrize("parts", [(b"four",), (b"fo", b"ur"), (b"f",)])
async def test_answer_of_another_length_than_announced_is_cut(parts: tuple[bytes, ...]) -> None:
    async with opened(answering(*parts, headers=((b"content-length", b"3"),))) as (_, port):
        data = await talk(port, GET + GET)
    assert data.count(b"HTTP/1.1") <= 1
    assert len(data.partition(b"\r\n\r\n")[2]) < 3


async def test_header_of_two_lines_is_never_sent() -> None:
    async with opened(answering(b"", headers=((b"location", b"/a\r\nset-cookie: b"),))) as (_, port):
        assert await talk(port, GET) == b""


@pytest.mark.parametrize("reads_on", [True, False])
async def test_response_that_was_given_whole_may_take_long_while_it_is_read(reads_on: bool) -> None:
    """It is held here, and its reader keeps it so only by taking some of it."""
    size, piece = 16 * 2**20, 2**20
    async with opened(answering(b"x" * size), head_seconds=1) as (door, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65536)
        writer.write(GET)
        received = len(await reader.readexactly(65536))
        while reads_on and received < size:
            received += len(await reader.read(piece))
            await asyncio.sleep(0.01)
        if not reads_on:
            await asyncio.wait_for(door._emptied(), 20)
        writer.close()
    assert (received >= size) == reads_on


async def test_slow_head_is_408_and_an_idle_connection_is_closed() -> None:
    async with opened(answering(b"ok"), head_seconds=0.1) as (_, port):
        assert (await talk(port, b"GET / HTTP/1.1\r\nHost:")).startswith(b"HTTP/1.1 408")
        assert await talk(port, b"") == b""
        assert (await talk(port, GET)).count(b"HTTP/1.1 200") == 1


async def cut(writer: asyncio.StreamWriter) -> None:
    """Send until the other side does not take it."""
    with suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b"more")
            await writer.drain()
            await asyncio.sleep(0.01)


async def test_client_that_does_not_close_is_left() -> None:
    async with opened(answering(b"no"), linger_seconds=0.1) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"no http\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
        async with asyncio.timeout(10):
            await cut(writer)


async def test_oldest_idle_connection_gives_way_and_a_busy_one_does_not() -> None:
    go_on = asyncio.Event()

    async def slow(turn: Turn) -> None:
        await go_on.wait()
        answering(b"ok")(turn)

    async with opened(waiting(slow), connections=2) as (_, port):
        busy = asyncio.create_task(talk(port, request()))
        await asyncio.sleep(0)
        idle, writer = await asyncio.open_connection("127.0.0.1", port)
        other = asyncio.create_task(talk(port, request()))
        assert await idle.read() == b""
        assert await talk(port, request()) == b""  # both are busy
        go_on.set()
        assert b" 200 " in await busy
        assert b" 200 " in await other
        writer.close()


async def test_address_with_as_many_connections_as_it_may_have_makes_room_among_its_own() -> None:
    go_on = asyncio.Event()

    async def slow(turn: Turn) -> None:
        await go_on.wait()
        answering(b"ok")(turn)

    async with opened(waiting(slow), per_address=2, whose=lambda address: address) as (_, port):
        other, others = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0))
        busy = asyncio.create_task(talk(port, request()))
        await asyncio.sleep(0)
        idle, writer = await asyncio.open_connection("127.0.0.1", port)
        again = asyncio.create_task(talk(port, request()))
        assert await idle.read() == b""  # the oldest idle one of this address, and no other's
        assert await talk(port, request()) == b""  # both are busy
        others.write(GET)
        go_on.set()
        assert b" 200 " in await busy
        assert b" 200 " in await again
        assert b" 200 " in await other.read(65536)
        assert b" 200 " in await talk(port, request())  # those that ended are not counted any more
        others.close()
        writer.close()


async def test_connections_that_are_no_clients_own_are_not_counted() -> None:
    async with opened(answering(b"ok"), per_address=1, whose=lambda _: None) as (_, port):
        open_ones = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        for reader, writer in open_ones:
            writer.write(request())
            assert b" 200 " in await reader.read()
            writer.close()


async def test_body_waits_for_its_reader_and_comes_whole() -> None:
    go_on = asyncio.Event()
    total, received = 20 * 2**20, 0

    async def hesitant(turn: Turn) -> None:
        nonlocal received
        await go_on.wait()
        while part := await turn.read():
            received += len(part)
        answering(b"ok")(turn)

    async with opened(waiting(hesitant)) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("POST", "1.1", f"Content-Length: {total}") + b"x" * total)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writer.drain(), 0.5)
        go_on.set()
        assert b" 200 " in await asyncio.wait_for(reader.read(), 20)
        assert received == total
        writer.close()


async def test_closing_ends_idle_connections_and_finishes_what_is_under_way() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn) -> None:
        begun.set()
        await go_on.wait()
        answering(b"ok")(turn)

    async with opened(waiting(slow)) as (door, port):
        idle, writer = await asyncio.open_connection("127.0.0.1", port)
        busy = asyncio.create_task(talk(port, GET + GET))
        await begun.wait()
        closing = asyncio.create_task(door.close(20))
        assert await idle.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        go_on.set()
        assert (await busy).count(b" 200 ") == 1
        await closing
        writer.close()


async def test_application_hears_that_the_client_has_left() -> None:
    heard = asyncio.Event()

    def listening(turn: Turn) -> None:
        turn.on_leave = heard.set

    async with opened(listening) as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        await writer.drain()
        writer.close()
        await asyncio.wait_for(heard.wait(), 10)
