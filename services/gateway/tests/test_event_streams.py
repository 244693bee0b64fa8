"""Streams of events: how many one may have open, and when they end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from chassis.events import transports
from chassis.testing import TokenMint
from chassis.testing.revoking import over, publish
from gateway_service.testing import ALICE, BOB, SCOPE
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.running import Running, eventually
from uuid_utils.compat import uuid7

POSTS = "/api/v1/posts"


@pytest.fixture(autouse=True)
def _blog_sends_events(blog: FakeUpstream) -> None:
    async def events(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await call.send(b"9\r\ndata: 1\n\n\r\n")
        await call.left()

    blog.handlers[POSTS] = events


@contextmanager
def stream(client: httpx.Client, headers: Mapping[str, str]) -> Iterator[Iterator[bytes]]:
    """Open one, and have its first event."""
    with client.stream("GET", POSTS, headers=headers, timeout=20) as answer:
        assert answer.status_code == 200, answer.read()
        parts = answer.iter_raw()
        assert next(parts) == b"data: 1\n\n"
        yield parts


def bearer(mint: TokenMint, sub: UUID = ALICE, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint.access(sub, 'alice', scope=SCOPE, **claims)}"}


def test_stream_ends_with_its_token(stranger: httpx.Client, mint: TokenMint, blog: FakeUpstream) -> None:
    with stream(stranger, bearer(mint, exp=int(time.time()) + 1)) as parts:
        assert b"".join(parts) == b"", "it ends whole, before it was silent for too long"
    eventually(lambda: blog.requests[0].cut)
    assert stranger.get("/api/v1/tags").status_code == 200


def test_stream_ends_when_its_token_is_revoked(
    stranger: httpx.Client, mint: TokenMint, events_url: str, blog: FakeUpstream
) -> None:
    session = uuid7()
    with stream(stranger, bearer(mint, sid=str(session))) as parts:
        publish(transports.connect(events_url), over(session))
        assert b"".join(parts) == b""
    eventually(lambda: blog.requests[0].cut)


def test_one_caller_has_so_many_at_one_time(
    configured: Callable[..., Running], mint: TokenMint, blog: FakeUpstream
) -> None:
    running = configured(("event_streams: {per_caller: 10}", "event_streams: {per_caller: 2}"))
    with ExitStack() as stack, httpx.Client(base_url=running.url) as client:
        for headers in (bearer(mint), bearer(mint), bearer(mint, BOB), {}, {}):
            stack.enter_context(stream(client, headers))
        for headers in (bearer(mint), {}):
            refused = client.get(POSTS, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (429, "streams_full")
        eventually(lambda: len(blog.requests) == 7 and all(request.cut for request in blog.requests[5:]))
        assert "gateway_event_streams 5.0" in httpx.get(f"{running.admin_url}/metrics").text
    eventually(lambda: "gateway_event_streams 0.0" in httpx.get(f"{running.admin_url}/metrics").text)
    with httpx.Client(base_url=running.url) as client, stream(client, bearer(mint)):
        pass
