"""A request on its way to an upstream, and its response on the way back, step by step as each calls."""

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import TypeVar

from gateway_service.config import Limits
from gateway_service.exchange import Exchange
from gateway_service.messages import Give, Response, Sink
from gateway_service.refusals import Refusal
from gateway_service.upstreams.body import RequestBody
from gateway_service.upstreams.connection import UpstreamConnection, UpstreamFailedError
from gateway_service.upstreams.deadlines import Deadlines
from gateway_service.upstreams.upstream import Upstream

IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
SAFE = frozenset({"GET", "HEAD"})
"""Methods that may be asked again while the first may still be worked on."""
_AT_ONCE_SECONDS = 0.01
"""Up to so much nothing has been used up that would be worth telling."""
T = TypeVar("T")


class Transfer:
    """Gives the response, or a Refusal, once. It listens to the upstream's connection, and is the response's body."""

    _waits_for_client = False
    _waited = 0.0  # seconds for the client to read, until now
    _again = False  # it may be sent a second time
    _asking = False  # the head of an answer is waited for, since ``_began``
    _entered = False  # it is one of those that the service has at one time
    _content = b""  # of a request that is at hand
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
        self._again = self._exchange.method in IDEMPOTENT
        self._content = content
        self._upstream.concurrency.admit(self._exchange.method)
        self._try()
        connection = self._upstream.pool.take()
        if connection:
            self._ask(connection)
        else:
            self._task = asyncio.get_running_loop().create_task(self._connect())

    def _try(self) -> None:
        """From now on the service is waited for."""
        self._began = self._moved = monotonic()
        self._asking = True
        if not self._entered:
            self._entered = True
            self._upstream.concurrency.enter()
        self._upstream.retries.requests += 1

    def _try_again(self) -> None:
        self._again = False
        self._try()
        self._task = asyncio.get_running_loop().create_task(self._connect())

    @property
    def _seconds(self) -> float:
        """For how long the head of an answer is waited for, from now on."""
        limits, spent = self._limits, monotonic() - self._started
        if spent < _AT_ONCE_SECONDS and limits.try_seconds <= limits.total_seconds:
            return limits.try_seconds
        return max(0.0, round(min(limits.try_seconds, limits.total_seconds - spent), 1))

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

    def _ask(self, connection: UpstreamConnection) -> None:
        self._connection = connection
        request = self._upstream.request(self._exchange, self._content, self._seconds)
        connection.begin(self, self._exchange.method, request)

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
        """What is slow here is the client: the service is waited for once it has all."""
        self._upstream.concurrency.admit(self._exchange.method)
        head = self._upstream.head(self._exchange, body.framing, self._seconds)
        self._began = monotonic()
        self._connection = connection = self._upstream.pool.take() or await self._upstream.connect()
        connection.begin(self, self._exchange.method, head, sent=False)
        async for part in body.stream(self.of_client):
            await connection.write(part)
        connection.sent = True
        if self._sink is None and not self._done:  # else the answer has come early
            self._try()

    # the response: what the connection calls

    def answered(self, data: bytes, *, last: bool) -> None:
        """Status and headers are here, and the first of the body."""
        assert self._connection is not None
        answer = self._connection.answer
        self._moved = monotonic()
        self._exchange.upstream_seconds = seconds = self._moved - self._began
        self._leave(seconds)
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
        if self._again and error.unanswered and self._upstream.may_retry():
            self._try_again()
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
        now = monotonic()
        self._waited += now - self._moved
        self._waits_for_client, self._moved = False, now
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
        if now - self._started > limits.total_seconds and not self._is_endless:
            self._give_up()
        elif self._waits_for_client:
            if silence > limits.body_idle_seconds or self._reads_too_slowly(silence):
                self._give_up()
        elif self._asking:
            if now - self._began > limits.try_seconds:
                self._stop_trying()
        elif silence > limits.idle_seconds:
            self._give_up()

    def _reads_too_slowly(self, silence: float) -> bool:
        """On average, however often it takes a little."""
        waited, limits = self._waited + silence, self._limits
        fair = waited * limits.answer_bytes_per_second
        return self._sink is not None and waited > limits.body_idle_seconds and self._exchange.turn.sent < fair

    @property
    def _is_endless(self) -> bool:
        return self._connection is not None and self._connection.answer.is_event_stream

    def _stop_trying(self) -> None:
        """Another try may find another pod, where this one hangs."""
        if self._again and self._exchange.method in SAFE and self._upstream.may_retry():
            self._leave_connection()
            self._try_again()
        else:
            self._give_up()

    def _give_up(self) -> None:
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
        self._leave(None)
        if self._body:
            self._body.release()
        self._leave_connection()

    def _leave(self, seconds: float | None) -> None:
        """The service does not work on it any more; it took so long, where that is known."""
        self._asking = False
        if self._entered:
            self._entered = False
            exchange = self._exchange
            self._upstream.concurrency.leave((exchange.method, exchange.template), seconds)

    def _leave_connection(self) -> None:
        if self._task:
            self._task.cancel()
            self._task = None
        if self._connection:
            self._upstream.pool.give_back(self._connection)
            self._connection = None
