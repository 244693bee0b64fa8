"""Headers that a connection says again are not read again, and nothing but the work is spared."""

import asyncio

import pytest
from gateway_service.door.connection import ClientConnection
from gateway_service.door.door import Door
from gateway_service.door.received import Received
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


def held(connection: ClientConnection) -> str:
    """What lies in memory of what the client said."""
    reading = vars(connection)["_reading"]
    return repr([vars(reading), [getattr(reading.received, name) for name in Received.__slots__]])


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
    connection.data_received(FIRST[0] + LINES[1])
    door.begin()
    assert "secret" in held(connection)  # it may ask again at once
    door.begin()
    assert "secret" not in held(connection)
    connection.connection_lost(None)
    await door.close(0)


@pytest.mark.parametrize("times", [1, 2], ids=["alone", "pipelined"])
async def test_password_that_came_with_its_head_is_forgotten(times: int) -> None:
    connection, transport = connected(Door(describe))
    connection.data_received(b"POST /log-in HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret" * times)
    assert transport.sent.count(b"/log-in") == times
    assert "secret" not in held(connection)


async def test_token_of_the_last_of_several_requests_is_forgotten() -> None:
    connection, _ = connected(Door(describe))
    connection.data_received((FIRST[0] + LINES[1]) * 2)
    connection.forget()
    assert "secret" not in held(connection)
