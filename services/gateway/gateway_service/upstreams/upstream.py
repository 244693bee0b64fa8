"""A service behind the gateway: its connections, and how requests to it look."""

from chassis.metrics import counter

from gateway_service.exchange import Exchange
from gateway_service.upstreams.connection import UpstreamConnection, UpstreamFailedError
from gateway_service.upstreams.headers import AnswerHeaders, RequestHeaders
from gateway_service.upstreams.pool import Pool

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Upstream:
    """``count_retry``: something is tried a second time."""

    def __init__(self, name: str, pool: Pool, headers: RequestHeaders) -> None:
        self.pool = pool
        self.answer_headers = AnswerHeaders()
        self.count_retry = counter("gateway_upstream_retries_total").labels(name).inc
        self._headers = headers
        self._host = f"host: {pool.authority}\r\n".encode()
        self._prefix = pool.prefix.encode()

    async def connect(self) -> UpstreamConnection:
        """A new connection. Where none is had another is tried, whatever the method: nothing was sent yet."""
        try:
            return await self.pool.connect()
        except UpstreamFailedError:
            self.count_retry()
            return await self.pool.connect()

    def request(self, exchange: Exchange, content: bytes) -> bytes:
        """The request as it is sent, with a body that is at hand.

        Methods that mean a body say so even if it is empty (RFC 9110, 8.6).
        """
        if content or exchange.method in _WITH_BODY:
            return self.head(exchange, b"content-length: %d\r\n" % len(content)) + content
        return self.head(exchange, b"")

    def head(self, exchange: Exchange, framing: bytes) -> bytes:
        """The request without its body; ``framing`` is the header that tells how that ends."""
        query = exchange.turn.head.query
        target = self._prefix + exchange.path.encode() + (b"?" + query if query else b"")
        line = b"%b %b HTTP/1.1\r\n" % (exchange.method.encode(), target)
        return b"".join((line, self._host, self._headers.make(exchange), framing, b"\r\n"))
