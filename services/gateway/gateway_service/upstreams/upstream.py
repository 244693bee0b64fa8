"""A service behind the gateway: asks it, and asks again where that is safe."""

from collections.abc import AsyncIterator

from chassis.metrics import counter

from gateway_service.exchange import Exchange
from gateway_service.upstreams.body import RequestBody
from gateway_service.upstreams.connection import Connection, UpstreamFailedError
from gateway_service.upstreams.headers import RequestHeaders
from gateway_service.upstreams.pool import Pool

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class Upstream:
    """A service's connections, and how requests to it look."""

    def __init__(self, name: str, pool: Pool, headers: RequestHeaders) -> None:
        self._pool = pool
        self._headers = headers
        self._host = f"host: {pool.authority}\r\n".encode()
        self._prefix = pool.prefix.encode()
        self._retries = counter("gateway_upstream_retries_total").labels(name)

    async def ask(self, exchange: Exchange, body: RequestBody | None) -> Connection:
        """Send the request and wait for the head of the answer.

        Sent a second time only if it is idempotent, its body is at hand, and nothing was answered. Raises
        UpstreamFailedError, and whatever reading the body raises.
        """
        method = exchange.method
        request, rest = await self._request(exchange, body)
        connection = self._pool.take() or await self._connect()
        try:
            return await _answered(connection, method, request, rest)
        except UpstreamFailedError as error:
            if method not in _IDEMPOTENT or rest or not error.unanswered:
                raise
        self._retries.inc()
        return await _answered(await self._connect(), method, request, None)

    async def _connect(self) -> Connection:
        """A new connection. Where none is had another is tried, whatever the method: nothing was sent yet."""
        try:
            return await self._pool.connect()
        except UpstreamFailedError:
            self._retries.inc()
            return await self._pool.connect()

    def release(self, connection: Connection) -> None:
        """Be done with an answer, whether or not all of it was read."""
        self._pool.give_back(connection)

    async def _request(self, exchange: Exchange, body: RequestBody | None) -> tuple[bytes, AsyncIterator[bytes] | None]:
        """The request as it is sent at once, and what follows if its body is streamed."""
        content = await body.whole() if body else b""
        if body and content is None:
            return self._head(exchange, body.framing), body.stream()
        content = content or b""
        return self._head(exchange, _framing(exchange.method, content)) + content, None

    def _head(self, exchange: Exchange, framing: bytes) -> bytes:
        query = exchange.scope["query_string"]
        target = self._prefix + exchange.path.encode() + (b"?" + query if query else b"")
        line = b"%b %b HTTP/1.1\r\n" % (exchange.method.encode(), target)
        return line + self._host + self._headers.make(exchange) + framing + b"\r\n"


async def _answered(
    connection: Connection, method: str, request: bytes, body: AsyncIterator[bytes] | None
) -> Connection:
    connection.begin(method, request, body)
    try:
        await connection.head()
    except BaseException:
        connection.abort()
        raise
    return connection


def _framing(method: str, content: bytes) -> bytes:
    """Methods that mean a body say so even if it is empty (RFC 9110, 8.6)."""
    return b"content-length: %d\r\n" % len(content) if content or method in _WITH_BODY else b""
