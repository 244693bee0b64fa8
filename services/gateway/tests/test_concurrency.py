"""How many requests a service gets at one time, and what becomes of the others."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

import httpx
import pytest
from gateway_service.guard_rules import ConcurrencyRules
from gateway_service.refusals import Refusal
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.testing.raw_http import get, read_answer
from gateway_service.testing.running import Running, eventually
from gateway_service.upstreams.concurrency import INTERVAL_SECONDS, SAMPLES, Concurrency

POSTS = "/api/v1/posts"
ROUTE = ("GET", POSTS)
RULES = ConcurrencyRules(first=100, least=10, most=200, queue_seconds=0.5, reads=0.9)


class Service:
    """Works on so many requests at one time, each for a tenth of a second; the others wait there for their turn."""

    TAKES = 0.1

    def __init__(self, threads: int) -> None:
        self.now = 0.0
        self.threads = threads
        self.concurrency = Concurrency("blog", RULES, lambda: self.now)

    def serve(self, wanted: int) -> None:
        """So many clients, of whom each asks again once it has its answer, or was refused."""
        for _ in range(wanted - self.concurrency.used):
            with suppress(Refusal):
                self.concurrency.admit("GET")
                self.concurrency.enter()
        waiting = self.concurrency.used
        self.now += self.TAKES
        for _ in range(min(self.threads, waiting)):
            self.concurrency.leave(ROUTE, self.TAKES * max(1, waiting / self.threads))


def test_service_that_is_asked_too_much_gets_what_it_can_work_on() -> None:
    service = Service(threads=20)
    for _ in range(100):
        service.serve(10)
    assert service.concurrency.limit == RULES.first, "nothing is wrong"
    for _ in range(300):
        service.serve(1000)
    waits = service.concurrency.used / service.threads * service.TAKES
    assert service.threads <= service.concurrency.used, "all its threads have work"
    assert waits <= 2 * RULES.queue_seconds
    for _ in range(100):
        service.serve(10)
    assert service.concurrency.limit >= RULES.first * 0.9, "and it gets more again"


def test_service_that_can_do_more_gets_more() -> None:
    service = Service(threads=1000)
    for _ in range(100):
        service.serve(1000)
    assert service.concurrency.limit == RULES.most


def test_route_that_is_slow_by_itself_makes_nobody_wait() -> None:
    now = 0.0
    concurrency = Concurrency("blog", RULES, lambda: now)
    for _ in range(20 * SAMPLES):
        for route, seconds in ((ROUTE, 0.01), (("POST", POSTS), 3.0)):
            concurrency.enter()
            now += INTERVAL_SECONDS / SAMPLES
            concurrency.leave(route, seconds)
    assert concurrency.limit == RULES.first


def test_never_fewer_than_the_least() -> None:
    service = Service(threads=1)
    for wanted in (1, 1, *[1000] * 200):
        service.serve(wanted)
    assert service.concurrency.limit == RULES.least


@pytest.fixture
def full(configured: Callable[..., Running], blog: FakeUpstream) -> "Callable[[], Running]":
    """Starts a gateway that gives blog ten requests at one time, of which nine may read."""

    async def hold(call: Call) -> None:
        await call.left()

    blog.handlers[POSTS] = hold
    before = "concurrency: {first: 200, least: 32, most: 1000,"
    return lambda: configured((before, "concurrency: {first: 10, least: 10, most: 10,"))


def test_reads_give_way_before_writes(full: Callable[[], Running], alice_token: str, blog: FakeUpstream) -> None:
    running = full()
    headers = {"Authorization": f"Bearer {alice_token}"}
    with ExitStack() as stack:
        for _ in range(9):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            held.sendall(get(POSTS))
        eventually(lambda: len(blog.requests) == 9)
        refused = httpx.get(running.url + "/api/v1/tags")
        assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "overloaded", "1")
        assert httpx.post(running.url + "/api/v1/posts/x/publish", headers=headers).status_code == 200
        assert httpx.get(running.url + "/api/v1/auth/profiles/alice").status_code == 200, "others have room"
        metrics = httpx.get(f"{running.admin_url}/metrics").text
        assert 'gateway_shed_total{kind="read",upstream="blog"} 1.0' in metrics
        assert 'gateway_concurrency_used{upstream="blog"} 9.0' in metrics
    eventually(lambda: httpx.get(running.url + "/api/v1/tags").status_code == 200)
    eventually(
        lambda: 'gateway_concurrency_used{upstream="blog"} 0.0' in httpx.get(f"{running.admin_url}/metrics").text
    )


def test_bodies_that_arrive_slowly_take_no_room(
    full: Callable[[], Running], alice_token: str, blog: FakeUpstream, media: FakeUpstream
) -> None:
    """Their clients are slow, not the service: nobody could fill it up with ten of them."""
    running = full()
    with ExitStack() as stack:
        for path in [POSTS, "/api/v1/media"] * 10:
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", running.port)))
            head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {alice_token}\r\n"
            slow.sendall(f"{head}Content-Length: 100000\r\n\r\n".encode() + b"x" * 70_000)
        eventually(lambda: len(media.requests) == 10)
        assert httpx.get(running.url + "/api/v1/tags").status_code == 200
        bearer = {"Authorization": f"Bearer {alice_token}"}
        assert httpx.get(running.url + "/api/v1/media", headers=bearer).status_code == 200
    assert not blog.requests[1:]


def test_answers_that_are_read_slowly_take_no_room(full: Callable[[], Running], blog: FakeUpstream) -> None:
    running, go_on = full(), threading.Event()

    async def half(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
        await asyncio.to_thread(go_on.wait)
        await call.send(b"b")

    blog.handlers["/api/v1/archive"] = half
    with ExitStack() as stack:
        readers = [stack.enter_context(socket.create_connection(("127.0.0.1", running.port))) for _ in range(12)]
        for reader in readers:
            reader.sendall(get("/api/v1/archive"))
            assert reader.recv(1)
        go_on.set()
        assert {read_answer(reader).body for reader in readers} == {b"ab"}
