"""A transfer by itself, for what cannot be brought about from outside at will."""

import asyncio
import threading

from chassis.tracing import SpanIds
from gateway_service.chain.forward import Forward
from gateway_service.config import Limits, Policy, Route
from gateway_service.door.head import Head
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import ConcurrencyRules, Retries
from gateway_service.messages import Response, Source
from gateway_service.routing import RouteTable
from gateway_service.testing.fake_upstream import Call, FakeUpstream
from gateway_service.upstreams.concurrency import Concurrency
from gateway_service.upstreams.headers import RequestHeaders
from gateway_service.upstreams.pool import Pool
from gateway_service.upstreams.retries import RetryBudget
from gateway_service.upstreams.upstream import Upstream

PATH = "/api/v1/tags"


class Line:
    """No client."""

    def write(self, data: bytes) -> None: ...

    def pace(self) -> None: ...

    def ended(self, turn: Turn) -> None: ...


class Full:
    """Takes a body, and is full after each part, also the last."""

    def __init__(self, source: Source, taken: threading.Event) -> None:
        self.taken = taken
        self.body = b""
        self.whole = asyncio.get_running_loop().create_future()
        self._source = source

    def part(self, data: bytes, *, last: bool) -> None:
        self.body += data
        self._source.pause()
        self.taken.set()
        if last:
            self.whole.set_result(self.body)
        else:
            asyncio.get_running_loop().call_soon(self._source.resume)

    def broken(self, error: Exception) -> None:
        self.whole.set_exception(error)


def exchange(content: bytes = b"", limits: Limits = Limits()) -> Exchange:  # noqa: B008  it is frozen
    """A request that has passed the checks, and is here whole."""
    head = Head("GET", PATH.encode(), b"", 1, [], {})
    turn = Turn(Line(), head, "127.0.0.1", arrived=True, keep=True)
    if content:
        turn.add(content)
    passed = Exchange(turn, SpanIds("a", "b"))
    routes = RouteTable([Route(path=PATH, upstream="blog", methods={"GET": Policy()})], limits)
    passed.path, passed.target = PATH, routes.find(PATH)
    assert passed.target
    passed.rule = passed.target.rules["GET"]
    return passed


def upstream_of(blog: FakeUpstream) -> Upstream:
    concurrency = Concurrency("blog", ConcurrencyRules())
    return Upstream("blog", Pool(blog.url, 1), RequestHeaders("http://a"), concurrency, RetryBudget(Retries()))


async def body(forward: Forward, taken: threading.Event) -> bytes:
    """Ask, and take the response as one that is always full."""
    given: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    sinks: list[Full] = []

    def give(outcome: Response | Exception) -> None:
        assert isinstance(outcome, Response), outcome
        if isinstance(outcome.body, bytes):
            given.set_result(outcome.body)
            return
        sink = Full(outcome.body, taken)
        sinks.append(sink)
        outcome.body.flow(sink)
        sink.whole.add_done_callback(lambda whole: given.set_result(whole.result()))

    forward(exchange(), give)
    return await asyncio.wait_for(given, 10)


async def test_connection_is_read_on_where_the_last_part_filled_the_client(blog: FakeUpstream) -> None:
    taken = threading.Event()

    async def in_two(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
        await asyncio.to_thread(taken.wait)
        await call.send(b"two")

    blog.handlers[PATH] = in_two
    upstream = upstream_of(blog)
    forward = Forward({"blog": upstream}, 1000)
    assert [await body(forward, taken), await body(forward, taken)] == [b"onetwo", b"onetwo"]
    assert blog.connections == 1
    connection = upstream.pool.take()
    assert connection
    connection.abort()


async def test_request_that_found_no_room_for_its_body_is_answered_once(blog: FakeUpstream) -> None:
    blog.handlers[PATH] = Call.left
    limits = Limits(try_seconds=0.2)
    upstream = upstream_of(blog)
    forward = Forward({"blog": upstream}, 10)
    first: list[Response | Exception] = []
    second: asyncio.Future[Response | Exception] = asyncio.get_running_loop().create_future()
    forward(exchange(b"more than ten", limits), first.append)
    forward(exchange(b"", limits), second.set_result)  # is overdue later than the first would be
    assert "upstream_timeout" in repr(vars(await asyncio.wait_for(second, 10)))
    assert [getattr(error, "code", "") for error in first] == ["bodies_full"]
