"""The cache of a running gateway: events over a real bus, many clients at once, bodies that stream."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from chassis.events.testing import example
from gateway_service.testing.fake_relay import publish, relaying
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running, eventually, start
from uuid_utils.compat import uuid7

POSTS = "/api/v1/posts"
KEPT = ("Cache-Control: public, max-age=0, s-maxage=60, stale-while-revalidate=30", "Surrogate-Key: posts")
CLIENTS = 500


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One where relays are alive."""
    url = f"sqlite:///{tmp_path_factory.mktemp('relays')}/bus.sqlite3"
    with relaying(url):
        yield url


@pytest.fixture(scope="module")
def cache(bus: str, tmp_path_factory: pytest.TempPathFactory, upstream_settings: dict[str, str]) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("cache"), **(upstream_settings | {"EVENTS_URL": bus}))
    running.wait_until_ready()
    eventually(lambda: 'gateway_cache_current{upstream="blog"} 1.0' in metrics(running))
    yield running
    assert running.stop() == 0


@pytest.fixture
def reader(cache: Running, bus: str) -> Iterator[httpx.Client]:
    """A stranger, before whom nothing is kept."""
    with httpx.Client(base_url=cache.url, timeout=20) as client:
        yield client
    publish(bus, replace(example("blog.post.published.v1"), id=uuid7()))


def metrics(running: Running) -> str:
    return httpx.get(f"{running.admin_url}/metrics").text


def kept(body: bytes, *headers: str) -> "Kept":
    return Kept(body, headers or KEPT)


class Kept:
    """A handler whose body can be changed, and which counts."""

    def __init__(self, body: bytes, headers: tuple[str, ...]) -> None:
        self.body, self.headers, self.calls = body, headers, 0

    async def __call__(self, call: Call) -> None:
        self.calls += 1
        await call.answer(self.body, headers=self.headers)


def test_event_is_followed_within_moments(blog: FakeUpstream, reader: httpx.Client, bus: str) -> None:
    blog.handlers[POSTS] = page = kept(b"before")
    assert reader.get(POSTS).headers["X-Cache"] == "miss"
    page.body = b"after"
    held = reader.get(POSTS)
    assert (held.headers["X-Cache"], held.content, "RateLimit" in held.headers) == ("hit", b"before", True)
    publish(bus, replace(example("blog.post.published.v1"), id=uuid7()))
    eventually(lambda: reader.get(POSTS).content == b"after")
    assert page.calls == 2


def test_many_who_ask_at_once_are_one_call(blog: FakeUpstream, cache: Running) -> None:
    everybody_waits = threading.Event()
    calls = 0

    async def slow(call: Call) -> None:
        nonlocal calls
        calls += 1
        await asyncio.to_thread(everybody_waits.wait)
        await call.answer(b"once", headers=KEPT)

    blog.handlers[POSTS] = slow
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", cache.port))) for _ in range(CLIENTS)]
        for client in clients:
            client.settimeout(60)
            client.sendall(get(f"{POSTS}?page=2"))
        eventually(lambda: _active(cache) == CLIENTS)
        everybody_waits.set()
        answers = [read_answer(client) for client in clients]
    assert calls == 1
    assert {answer.body for answer in answers} == {b"once"}
    outcomes = [re.search(r"x-cache: (\w+)", answer.head) for answer in answers]
    assert sorted(found[1] for found in outcomes if found) == ["hit"] * (CLIENTS - 1) + ["miss"]


def _active(cache: Running) -> int:
    name = 'http_server_active_requests{http_request_method="GET"} '
    return next(int(float(line.removeprefix(name))) for line in metrics(cache).splitlines() if line.startswith(name))


def test_stale_page_is_replaced_behind_the_reader(blog: FakeUpstream, reader: httpx.Client) -> None:
    blog.handlers[POSTS] = page = kept(b"one", "Cache-Control: s-maxage=1, stale-while-revalidate=60", KEPT[1])
    reader.get(POSTS)
    page.body = b"two"
    stale = eventually(lambda: (answer := reader.get(POSTS)).headers["X-Cache"] == "stale" and answer)
    assert isinstance(stale, httpx.Response)
    assert stale.content == b"one"
    eventually(lambda: reader.get(POSTS).content == b"two")


@pytest.mark.parametrize("says_its_length", [True, False])
def test_long_body_streams_through_and_is_not_kept(
    blog: FakeUpstream, reader: httpx.Client, says_its_length: bool
) -> None:
    body, calls = b"x" * 3_000_000, 0

    async def long(call: Call) -> None:
        nonlocal calls
        calls += 1
        if says_its_length:
            await call.answer(body, headers=KEPT)
        else:
            head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + "".join(f"{line}\r\n" for line in KEPT)
            await call.send(head.encode() + b"\r\n")
            for at in range(0, len(body), 100_000):
                await call.send(b"%x\r\n%b\r\n" % (100_000, body[at : at + 100_000]))
            await call.send(b"0\r\n\r\n")

    blog.handlers[f"{POSTS}/long"] = long
    for _ in range(2):
        assert reader.get(f"{POSTS}/long").content == body
    assert calls == 2


def test_body_that_breaks_off_is_an_error_for_everybody_and_not_kept(blog: FakeUpstream, reader: httpx.Client) -> None:
    async def broken(call: Call) -> None:
        lines = "".join(f"{line}\r\n" for line in KEPT)
        await call.send(f"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n{lines}\r\nhalf".encode())
        call.writer.close()

    blog.handlers[f"{POSTS}/broken"] = broken
    answer = reader.get(f"{POSTS}/broken")
    assert (answer.status_code, answer.json()["code"]) == (502, "upstream_invalid")
    blog.handlers[f"{POSTS}/broken"] = kept(b"whole")
    assert reader.get(f"{POSTS}/broken").content == b"whole"


def test_one_version_asked_for_in_two_ways_is_kept_once(blog: FakeUpstream, reader: httpx.Client) -> None:
    blog.handlers[POSTS] = page = kept(b"one")
    reader.get(POSTS)
    by_header = reader.get("/api/posts", headers={"API-Version": "1", "Origin": "http://localhost:3000"})
    assert (by_header.headers["X-Cache"], page.calls) == ("hit", 1)
    assert {"Accept", "API-Version", "Origin"} <= {each.strip() for each in by_header.headers["Vary"].split(",")}
    assert by_header.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Access-Control-Allow-Origin" not in reader.get(POSTS).headers


def test_what_is_kept_is_counted_and_told_of_in_metrics(
    blog: FakeUpstream, reader: httpx.Client, cache: Running
) -> None:
    blog.handlers[POSTS] = kept(b"counted")
    reader.get(POSTS)
    reader.get(POSTS)
    told = metrics(cache)
    assert 'gateway_cache_requests_total{outcome="hit"}' in told
    assert "gateway_cache_entries 1.0" in told
    assert "gateway_cache_bytes 0.0" not in told


def test_without_relays_it_is_as_if_there_were_no_cache(blog: FakeUpstream, gateway: Running, tmp_path: Path) -> None:
    blog.handlers[POSTS] = page = kept(b"each time")
    with httpx.Client(base_url=gateway.url) as client:
        assert [client.get(POSTS).headers["X-Cache"] for _ in range(2)] == ["bypass", "bypass"]
    assert page.calls == 2
