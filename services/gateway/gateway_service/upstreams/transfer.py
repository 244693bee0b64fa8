"""A request on its way to an upstream, and its response on the way back, step by step as each calls."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from gateway_service.config import Limits
from gateway_service.exchange import Exchange
from gateway_service.messages import Response, Sink
from gateway_service.refusals import Refusal
from gateway_service.upstreams.body import RequestBody
from gateway_service.upstreams.connection import UpstreamConnection, UpstreamFailedError
from gateway_service.upstreams.deadlines import Deadlines
from gateway_service.upstreams.upstream import Upstream

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
T = TypeVar("T")
Give = Callable[[Response | Exception], None]


class Transfer:
    """Gives the response, or a Refusal, once. It listens to the upstream's connection, and is the response's body."""

    _waits_for_client = False
    _again = False  # it may be sent a second time
    _request = b""
    _first = b""  # of the response's body
    _body: RequestBody | None = None
    _task: asyncio.Task[None] | None = None
    _connection: UpstreamConnection | None = None
    _sink: Sink | None = None
    _done = False

    def __init__(
        self, exchange: Exchange, limits: Limits, upstream: Upstream, deadlines: Deadlines, give: Give
    ) -> None:
        self._exchange = exchange
        self._upstream = upstream
        self._give = give
        self._deadlines = deadlines
        self._started = self._moved = self._began = monotonic()
        self._limits = limits
        exchange.cancel = self.cancel
        deadlines.watch(self)

    # the request

    def send_at_once(self, body: RequestBody | None) -> None:
        """Send it with a body that has come whole, or none."""
        self._body = body
        try:
            self._send(body.at_hand() if body else b"")
        except Exception as error:  # noqa: BLE001  it is given to who waits, or the deadline would give another later
            self.fail(error)

    def _send(self, content: bytes) -> None:
        """Send it with a body that is at hand, a second time if it is idempotent and the first connection fails."""
        self._again = self._exchange.method in _IDEMPOTENT
        self._request = self._upstream.request(self._exchange, content)
        self._began = monotonic()
        connection = self._upstream.pool.take()
        if connection:
            self._ask(connection)
        else:
            self._task = asyncio.get_running_loop().create_task(self._connect())

    def send_when_here(self, body: RequestBody) -> None:
        """Send it once its body is here, or with a body that is passed on as it comes."""
        self._body = body
        self._task = asyncio.get_running_loop().create_task(self._collect(body))

    async def of_client(self, waiting: Awaitable[T]) -> T:
        """Wait for the client to send."""
        self._waits_for_client, self._moved = True, monotonic()
        result = await waiting
        self._waits_for_client, self._moved = False, monotonic()
        return result

    def _ask(self, connection: UpstreamConnection, *, sent: bool = True) -> None:
        self._connection = connection
        connection.begin(self, self._exchange.method, self._request, sent=sent)

    async def _connect(self) -> None:
        try:
            connection = await self._upstream.connect()
        except Exception as error:  # noqa: BLE001  it is given to who waits
            self.fail(error)
        else:
            self._task = None
            self._ask(connection)

    async def _collect(self, body: RequestBody) -> None:
        try:
            content = await body.whole(self.of_client)
            if content is None:
                await self._stream(body)
            else:
                self._send(content)
        except Exception as error:  # noqa: BLE001  as above
            self.fail(error)

    async def _stream(self, body: RequestBody) -> None:
        self._request = self._upstream.head(self._exchange, body.framing)
        self._began = monotonic()
        connection = self._upstream.pool.take() or await self._upstream.connect()
        self._ask(connection, sent=False)
        async for part in body.stream(self.of_client):
            await connection.write(part)
        connection.sent = True

    # the response: what the connection calls

    def answered(self, data: bytes, *, last: bool) -> None:
        """Status and headers are here, and the first of the body."""
        assert self._connection is not None
        answer = self._connection.answer
        self._moved = monotonic()
        self._exchange.upstream_seconds = self._moved - self._began
        headers, vary = self._upstream.answer_headers.make(self._exchange, answer)
        if last:
            self._close()
            self._give(Response(answer.status, data, headers, vary))
        else:
            self._first = data
            self._give(Response(answer.status, self, headers, vary))

    def part(self, data: bytes, *, last: bool) -> None:
        """More of the body is here."""
        assert self._sink is not None
        self._moved = monotonic()
        if last:
            self._close()
        self._sink.part(data, last=last)

    def failed(self, error: UpstreamFailedError) -> None:
        """The connection has ended before the response did."""
        if self._again and error.unanswered:
            self._again = False
            self._upstream.count_retry()
            self._task = asyncio.get_running_loop().create_task(self._connect())
        else:
            self.fail(error)

    # the response: its body, for who takes it

    def flow(self, sink: Sink) -> None:
        self._sink = sink
        sink.part(self._first, last=False)

    def pause(self) -> None:
        self._waits_for_client, self._moved = True, monotonic()
        if self._connection and not self._done:  # else it may be another's already
            self._connection.pause()

    def resume(self) -> None:
        self._waits_for_client, self._moved = False, monotonic()
        if self._connection and not self._done:
            self._connection.resume()

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        if not self._done:
            self._close()

    # its end

    def check(self, now: float) -> None:
        """Stop what is overdue."""
        limits, silence = self._limits, now - self._moved
        endless = self._connection is not None and self._connection.answer.is_event_stream
        allowed = limits.body_idle_seconds if self._waits_for_client else limits.idle_seconds
        if silence > allowed or (now - self._started > limits.total_seconds and not endless):
            self.fail(Refusal("request_timeout" if self._waits_for_client else "upstream_timeout"))

    def fail(self, error: Exception) -> None:
        """End it; a response that has begun is broken off."""
        if self._done:
            return
        self._close()
        if isinstance(error, UpstreamFailedError):
            error = Refusal(error.code)
        if self._sink:
            self._sink.broken(error)
        else:
            self._give(error)

    def _close(self) -> None:
        self._done = True
        self._deadlines.forget(self)
        if self._task:
            self._task.cancel()
        if self._body:
            self._body.release()
        if self._connection:
            self._upstream.pool.give_back(self._connection)
