"""Which connection carries the next request, for behind one name there are many pods."""

import asyncio

from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.upstreams.connection import UpstreamConnection
from gateway_service.upstreams.fetch import Document
from gateway_service.upstreams.pool import Pool


async def asked(pool: Pool, connections: list[UpstreamConnection]) -> None:
    """Each carries a request to its end and is given back, in this order."""
    for connection in connections:
        document = Document()
        connection.begin(document, "GET", b"GET / HTTP/1.1\r\nhost: blog\r\n\r\n")
        await document.whole
        pool.give_back(connection)


async def close(connections: list[UpstreamConnection]) -> None:
    for connection in connections:
        connection.abort()
    await asyncio.sleep(0)  # the turn of the loop in which sockets are closed


def test_connections_are_used_in_turn(blog: FakeUpstream) -> None:
    async def use_each() -> None:
        pool = Pool(blog.url, 1)
        opened = [await pool.connect() for _ in range(3)]
        await asked(pool, opened)
        assert [pool.take() for _ in opened] == opened
        await close(opened)

    asyncio.run(use_each())


def test_connection_is_not_used_for_ever(blog: FakeUpstream) -> None:
    async def outlive() -> None:
        pool = Pool(blog.url, 1, lifetime_seconds=0)
        connection = await pool.connect()
        await asked(pool, [connection])
        assert connection.closed
        assert pool.take() is None
        await close([connection])

    asyncio.run(outlive())
