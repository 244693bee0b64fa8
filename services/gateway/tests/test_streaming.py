import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import exchange, get, read_answer
from gateway_service.testing.running import Running, eventually

MEGABYTE = 2**20
CONNECTION = 36 * MEGABYTE
"""What the kernel may hold of a connection whose reader is slow: 32 MB received ahead of it, 4 MB not sent yet."""
CONTENT = "/api/v1/media/0189/content"
POSTS = "/api/v1/posts"


async def hundred_megabytes(call: Call) -> None:
    await call.send(f"HTTP/1.1 200 OK\r\nContent-Length: {100 * MEGABYTE}\r\n\r\n".encode())
    for _ in range(100):
        await call.send(b"x" * MEGABYTE)
        call.seen.body_bytes += MEGABYTE  # what could be sent so far


def test_large_answer_takes_no_memory(alice: httpx.Client, gateway: Running, media: FakeUpstream) -> None:
    media.handlers[CONTENT] = hundred_megabytes
    alice.get(CONTENT)
    before = gateway.memory_megabytes()
    with alice.stream("GET", CONTENT) as answer:
        assert sum(len(chunk) for chunk in answer.iter_raw()) == 100 * MEGABYTE
    assert gateway.memory_megabytes() - before < 20


def test_slow_reader_slows_the_service_down(alice: httpx.Client, gateway: Running, media: FakeUpstream) -> None:
    media.handlers[CONTENT] = hundred_megabytes
    before = gateway.memory_megabytes()
    with alice.stream("GET", CONTENT) as answer:
        body = answer.iter_raw(MEGABYTE)
        next(body)
        sent = settled(lambda: media.requests[0].body_bytes)
        assert sent < 2 * CONNECTION + 4 * MEGABYTE
        assert gateway.memory_megabytes() - before < 40
        rest = sum(len(chunk) for chunk in body)
    assert rest > 98 * MEGABYTE


@pytest.mark.parametrize(("least", "whole"), [(8192, True), (10**9, False)])
def test_reader_who_always_takes_a_little_is_cut_where_that_is_too_little(
    configured: Callable[..., Running], alice_token: str, media: FakeUpstream, least: int, whole: bool
) -> None:
    media.handlers[CONTENT] = hundred_megabytes
    running = configured(("answer_bytes_per_second: 8192", f"answer_bytes_per_second: {least}"))
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.connect(("127.0.0.1", running.port))
        client.settimeout(30)
        client.sendall(get(CONTENT, f"Authorization: Bearer {alice_token}"))
        began, received = time.monotonic(), 0
        with suppress(ConnectionResetError):
            while piece := client.recv(10**7 if whole and time.monotonic() - began > 4 else 65536):
                received += len(piece)
                if received >= 100 * MEGABYTE:
                    break
                if time.monotonic() - began < 4:
                    threading.Event().wait(0.02)  # never silent for long
    assert (received >= 100 * MEGABYTE) == whole
    if not whole:
        eventually(lambda: media.requests[0].cut)


def test_large_upload_takes_no_memory(alice: httpx.Client, gateway: Running, media: FakeUpstream) -> None:
    alice.post("/api/v1/media", content=b"x" * (50 * MEGABYTE))
    before = gateway.memory_megabytes()
    alice.post("/api/v1/media", content=b"x" * (50 * MEGABYTE))
    assert media.requests[1].body_bytes == 50 * MEGABYTE
    assert gateway.memory_megabytes() - before < 20


def test_slow_service_slows_the_upload_down(gateway: Running, alice_token: str, media: FakeUpstream) -> None:
    go_on = threading.Event()

    async def hesitant(call: Call) -> None:
        await asyncio.to_thread(go_on.wait)
        async for chunk in call.body():
            call.seen.body_bytes += len(chunk)
        await call.answer()

    media.handlers["/api/v1/media"] = hesitant
    head = f"POST /api/v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\n"
    total = 50 * MEGABYTE
    try:
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            connection.sendall(f"{head}Content-Length: {total}\r\n\r\n".encode())
            assert settled(Push(connection, total)) < CONNECTION + 10 * MEGABYTE
    finally:
        go_on.set()  # the service's thread would outlive a failure, and the tests with it


def test_client_may_finish_sending_behind_an_early_answer(
    gateway: Running, alice_token: str, media: FakeUpstream
) -> None:
    """Also where more of its body had come than the service took: what still comes is taken in."""
    full = threading.Event()

    async def refuse(call: Call) -> None:
        await asyncio.to_thread(full.wait)
        await call.answer(b"{}", status="415 Unsupported Media Type")
        await call.left()

    media.handlers["/api/v1/media"] = refuse
    head = f"POST /api/v1/media HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\n"
    total = 50 * MEGABYTE
    try:
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            connection.sendall(f"{head}Content-Length: {total}\r\n\r\n".encode())
            push = Push(connection, total)
            assert settled(push) < total
            full.set()
            connection.settimeout(5)
            connection.sendall(b"x" * (total - push.sent))
            assert read_answer(connection).status == 415
            connection.sendall(get(POSTS))
            assert read_answer(connection).status == 200
    finally:
        full.set()


def test_chunks_arrive_one_by_one(stranger: httpx.Client, blog: FakeUpstream) -> None:
    go_on = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def step_by_step(call: Call) -> None:
        loops.append(asyncio.get_running_loop())
        await call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await go_on.wait()
        await call.send(b"3\r\ntwo\r\n0\r\n\r\n")

    blog.handlers[POSTS] = step_by_step
    with stranger.stream("GET", POSTS) as answer:
        body = answer.iter_raw()
        assert next(body) == b"one"
        loops[0].call_soon_threadsafe(go_on.set)
        assert b"".join(body) == b"two"


def test_events_are_sent_on_at_once_and_may_last(stranger: httpx.Client, blog: FakeUpstream) -> None:
    head_seen = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def events(call: Call) -> None:
        loops.append(asyncio.get_running_loop())
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await head_seen.wait()
        for number in range(3):
            await call.send(b"9\r\ndata: %d\n\n\r\n" % number)
        await call.send(b"0\r\n\r\n")

    blog.handlers[POSTS] = events
    with stranger.stream("GET", POSTS) as answer:  # the head is here before the first event
        assert answer.headers["content-type"] == "text/event-stream"
        loops[0].call_soon_threadsafe(head_seen.set)
        assert b"".join(answer.iter_raw()) == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_client_that_leaves_cancels_the_service(gateway: Running, blog: FakeUpstream) -> None:
    async def think(call: Call) -> None:
        await call.left()

    blog.handlers[POSTS] = think
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(get(POSTS, "X-Request-ID: left-early-1"))
        eventually(lambda: blog.requests)
    eventually(lambda: blog.requests[0].cut)
    assert gateway.line(request_id="left-early-1")["status"] == 499
    assert exchange(gateway.port, get("/nothing", "X-Request-ID: came-later-1")).status == 404
    gateway.line(request_id="came-later-1")
    assert len(gateway.lines(request_id="left-early-1")) == 1


def test_client_that_leaves_in_the_middle_of_an_answer_cancels_the_service(
    gateway: Running, alice_token: str, media: FakeUpstream
) -> None:
    async def endless(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await call.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    media.handlers[CONTENT] = endless
    with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
        connection.sendall(get(CONTENT, f"Authorization: Bearer {alice_token}"))
        connection.recv(1000)
    eventually(lambda: media.requests[0].cut)


@pytest.mark.parametrize(
    "broken",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    ],
)
def test_answer_that_breaks_off_is_never_taken_for_whole(gateway: Running, blog: FakeUpstream, broken: bytes) -> None:
    sent = threading.Event()

    async def break_off(call: Call) -> None:
        await call.send(broken[:-4])
        await asyncio.to_thread(sent.wait)
        await call.send(broken[-4:])
        call.writer.close()

    blog.handlers[POSTS] = break_off
    timer = threading.Timer(0.3, sent.set)
    timer.start()
    answer = exchange(gateway.port, get(POSTS, "X-Request-ID: broken-off-1"), wait=5)
    timer.join()
    assert answer.closed
    assert not answer.data.endswith(b"0\r\n\r\n")
    assert gateway.line(request_id="broken-off-1", status=200)["code"] == "upstream_invalid"


class Push:
    """Sends what is taken without waiting; gives the sum so far."""

    def __init__(self, connection: socket.socket, total: int) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._total = total
        self.sent = 0

    def __call__(self) -> int:
        with suppress(BlockingIOError):
            while self.sent < self._total:
                self.sent += self._connection.send(b"x" * min(65536, self._total - self.sent))
        return self.sent


def settled(measure: Callable[[], int]) -> int:
    """A figure, once it has not changed for half a second."""
    figures: Iterator[int] = iter(measure, None)
    last, since = next(figures), time.monotonic()
    while time.monotonic() - since < 0.5:
        now = next(figures)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.02)
    return last
