"""Whatever comes, in whatever pieces: each answer has its frame, and memory stays flat.

RANDOM_REQUESTS is how many: `make test-faults` has a million, which take a quarter of an hour.
"""

import asyncio
import os
from contextlib import suppress
from uuid import UUID

import pytest
from chassis.testing import TokenMint
from gateway_service.testing.fake_upstream import FakeUpstream
from gateway_service.testing.running import Running

from tests.gateway_attacks.random_requests import BadlyFramedError, Chance, Conversation, answers

REQUESTS = int(os.environ.get("RANDOM_REQUESTS", "10000"))
CLIENTS = 16
SEED = 24
GROWTH_MEGABYTES = 8.0
SECONDS = 60


@pytest.fixture
def chance() -> Chance:
    mint = TokenMint("https://broadsheet.test", "broadsheet")
    return Chance(SEED, mint.access(UUID("01890000-0000-7000-8000-00000000a11c"), "alice"))


async def said(port: int, conversation: Conversation) -> bytes:
    """What the gateway says until the end. Where a request is not sound the client leaves, and is answered or not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b""
    with suppress(ConnectionError):
        for packet in conversation.packets:
            writer.write(packet)
            await asyncio.sleep(0)  # each its own
        if not conversation.sound:
            writer.write_eof()
        async with asyncio.timeout(SECONDS):
            while part := await reader.read(65536):
                data += part
    writer.close()
    return data


async def converse(port: int, chance: Chance, requests: int) -> int:
    """So many requests, by several clients at once; gives how many were answered."""
    asked = answered = 0

    async def client() -> None:
        nonlocal asked, answered
        while asked < requests:
            conversation = chance.conversation()
            asked += len(conversation.methods)
            data = await said(port, conversation)
            try:
                found = answers(data, conversation.methods, whole=conversation.sound)
            except BadlyFramedError:
                raise AssertionError((conversation, data)) from None
            answered += len(found)
            assert all(200 <= answer.status < 500 for answer in found), (conversation, data)
            if conversation.sound:  # whoever is refused before its body has come is told to go
                assert len(found) == len(conversation.methods) or found[-1].closes, (conversation, data)

    async with asyncio.TaskGroup() as clients:
        for _ in range(CLIENTS):
            clients.create_task(client())
    return answered


def test_memory_is_flat_and_every_answer_framed(gateway: Running, services: FakeUpstream, chance: Chance) -> None:
    asyncio.run(converse(gateway.port, chance, REQUESTS // 2))  # fills what is bounded
    before = gateway.memory_megabytes()
    answered = asyncio.run(converse(gateway.port, chance, REQUESTS - REQUESTS // 2))
    services.requests.clear()
    assert answered > REQUESTS / 4
    assert gateway.memory_megabytes() - before < GROWTH_MEGABYTES
    assert gateway.process.poll() is None
    assert not gateway.lines(event="unhandled error")


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabHTTP/1.1",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n",
        b"HTTP/1.1 200 OK\n\n",
        b"<html>",
    ],
)
def test_what_is_badly_framed_is_seen(data: bytes) -> None:
    with pytest.raises(BadlyFramedError):
        answers(data, ["GET"], whole=True)
