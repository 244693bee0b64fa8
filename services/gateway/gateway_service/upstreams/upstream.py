"""A service behind the gateway: its connections, what it may be asked, and how requests to it look."""

from functools import lru_cache

from chassis.metrics import counter

from chassis import deadline
from gateway_service.exchange import Exchange
from gateway_service.upstreams.concurrency import Concurrency
from gateway_service.upstreams.connection import UpstreamConnection, UpstreamFailedError
from gateway_service.upstreams.headers import AnswerHeaders, RequestHeaders
from gateway_service.upstreams.pool import Pool
from gateway_service.upstreams.retries import RetryBudget

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Upstream:
    """One service; ``may_retry`` says whether something is tried a second time, and counts it."""

    def __init__(
        self, name: str, pool: Pool, headers: RequestHeaders, concurrency: Concurrency, retries: RetryBudget
    ) -> None:
        self.pool = pool
        self.concurrency = concurrency
        self.retries = retries
        self.answer_headers = AnswerHeaders()
        self._retried = counter("gateway_upstream_retries_total").labels(name)
        self._not_retried = counter("gateway_upstream_retries_refused_total").labels(name)
        self._headers = headers
        self._host = f"host: {pool.authority}\r\n".encode()
        self._prefix = pool.prefix.encode()

    def may_retry(self) -> bool:
        """Whether the service may be asked once more for the same."""
        may = self.retries.spend()
        (self._retried if may else self._not_retried).inc()
        return may

    async def connect(self) -> UpstreamConnection:
        """A new connection. Where none is had another is tried, whatever the method: nothing was sent yet."""
        try:
            return await self.pool.connect()
        except UpstreamFailedError:
            if not self.may_retry():
                raise
            return await self.pool.connect()

    def request(self, exchange: Exchange, content: bytes, seconds: float) -> bytes:
        """The request as it is sent, with a body that is at hand; its answer is waited for so long.

        Methods that mean a body say so even if it is empty (RFC 9110, 8.6).
        """
        if content or exchange.method in _WITH_BODY:
            return self.head(exchange, b"content-length: %d\r\n" % len(content), seconds) + content
        return self.head(exchange, b"", seconds)

    def head(self, exchange: Exchange, framing: bytes, seconds: float) -> bytes:
        """The request without its body; ``framing`` is the header that tells how that ends."""
        query = exchange.turn.head.query
        target = self._prefix + exchange.path.encode() + (b"?" + query if query else b"")
        line = b"%b %b HTTP/1.1\r\n" % (exchange.method.encode(), target)
        headers = self._headers.make(exchange)
        return b"".join((line, self._host, headers, _waited_for(seconds), framing, b"\r\n"))


@lru_cache(maxsize=1000)
def _waited_for(seconds: float) -> bytes:
    """How long, for the service to know."""
    return b"%b: %d\r\n" % (deadline.HEADER.lower().encode(), seconds * 1000)
