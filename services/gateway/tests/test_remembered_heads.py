"""Headers that a connection says again are not read again, and nothing but the work is spared."""

import asyncio

from gateway_service.door.connection import ClientConnection
from gateway_service.door.door import Door
from gateway_service.door.turn import Turn
from gateway_service.testing.in_memory import Transport
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = [
    b"GET /a HTTP/1.1\r\n",
    b"HEAD /b?c=d HTTP/1.1\r\n",
    b"GET /a HTTP/1.0\r\n",
    b"GET http://a/c HTTP/1.1\r\n",
    b"GET http://b/c HTTP/1.1\r\n",
    b"GET  /a HTTP/1.1\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n",
]
LINES = [
    b"Host: a\r\n\r\n",
    b"Host: a\r\nAuthorization: Bearer secret\r\n\r\n",
    b"Host: a\r\nConnection: close\r\n\r\n",
    b"Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    b"Host: a\r\nContent-Length: 0\r\n\r\n",
    b"Host: a\r\nContent-Length: 1\r\n\r\n",
    b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"Host: a\r\nX: y\x00\r\n\r\n",
]
REQUESTS = st.tuples(st.sampled_from(FIRST), st.sampled_from(LINES)).map(b"".join)


def describe(turn: Turn) -> None:
    """Answer at once with what was asked."""
    head = turn.head
    said = repr((head.method, head.raw_path, head.query, head.minor, head.headers, head.fields, head.refusal))
    turn.respond(200, [(b"date", b"now")], said.encode())


def connected(door: Door) -> tuple[ClientConnection, Transport]:
    connection, transport = ClientConnection(door), Transport()
    connection.connection_made(transport)
    return connection, transport


async def answered(requests: list[bytes], *, forgets: bool) -> bytes:
    """What is sent for them on one connection, which may forget after each what was said."""
    connection, transport = connected(Door(describe))
    for request in requests:
        connection.data_received(request)
        if forgets:
            connection.forget()
    return transport.sent


@settings(max_examples=200, deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=4))
def test_answers_are_those_to_headers_read_anew(requests: list[bytes]) -> None:
    again = [each for request in requests for each in (request, request)]
    assert asyncio.run(answered(again, forgets=False)) == asyncio.run(answered(again, forgets=True))


async def test_token_of_an_idle_connection_is_forgotten() -> None:
    door = Door(describe)
    connection, _ = connected(door)
    reading = vars(connection)["_reading"]
    connection.data_received(FIRST[0] + LINES[1])
    door.begin()
    assert b"secret" in reading.__dict__["_last_lines"]  # it may ask again at once
    door.begin()
    assert "secret" not in repr(vars(reading))
    connection.connection_lost(None)
    await door.close(0)
