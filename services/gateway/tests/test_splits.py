"""However the network cuts what a client sends, the answers are the same."""

import asyncio
from typing import Any

from gateway_service.door.connection import ClientConnection
from gateway_service.door.door import Door
from gateway_service.door.turn import BodyBrokenError, Turn
from hypothesis import given, settings
from hypothesis import strategies as st

CHUNKED = b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
REQUESTS = [
    b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\r\n\r\nHEAD /a HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n\r\n\r\nGET /",
    CHUNKED + b"5\r\n\r\n\r\n.\r\n1;x=y\r\n\n\r\n0\r\nTrailer: t\r\n\r\n",
    CHUNKED + b"0\r\n\r\n",
    CHUNKED + b"zz\r\n\r\n",
    b"POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"GET  /two-spaces HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /bare HTTP/1.1\nHost: a\n\n",
    b"GET /old HTTP/1.0\r\n\r\n",
    b"POST /d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
]


class Wire(asyncio.Transport):
    """A transport to nobody, that keeps what is sent."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.sent = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    write_eof = abort = close

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def describe(turn: Turn) -> None:
    """Answer with what was asked, as soon as all of it is here."""
    tasks.add(asyncio.get_running_loop().create_task(_describe(turn)))


async def _describe(turn: Turn) -> None:
    head, body = turn.head, b""
    try:
        while part := await turn.read():
            body += part
    except BodyBrokenError:
        body = b"broken"
    said = repr((head.method, head.raw_path, head.headers, head.refusal, body)).encode()
    turn.respond(200, [(b"date", b"now")], said)


tasks: set[asyncio.Task[None]] = set()


async def answers(parts: list[bytes]) -> tuple[bytes, bool]:
    """What is sent for these packets, and whether no more is taken."""
    wire, connection = Wire(), ClientConnection(Door(describe))
    connection.connection_made(wire)
    for part in parts:
        connection.data_received(part)
        await asyncio.sleep(0)
    while tasks:
        await asyncio.gather(*(pending := [*tasks]))
        tasks.difference_update(pending)
    return wire.sent.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""), wire.closed


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=4), st.data())
def test_any_cut_of_any_requests_gives_the_same_answers(requests: list[bytes], data: st.DataObject) -> None:
    sent = b"".join(requests)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=12)))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    whole, single = [sent], [sent[at : at + 1] for at in range(len(sent))]
    assert asyncio.run(answers(parts)) == asyncio.run(answers(whole)) == asyncio.run(answers(single))
