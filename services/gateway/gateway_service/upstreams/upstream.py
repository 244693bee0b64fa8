"""A service behind the gateway: asks it, and asks again where that is safe."""

from chassis.metrics import counter
from pyreqwest.client import Client
from pyreqwest.exceptions import NetworkError
from pyreqwest.request import RequestBuilder, StreamRequest
from pyreqwest.response import Response

from gateway_service.exchange import Exchange
from gateway_service.upstreams.body import RequestBody
from gateway_service.upstreams.headers import RequestHeaders

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})


class Upstream:
    """A service's address, and the connections to it."""

    def __init__(self, name: str, url: str, client: Client, headers: RequestHeaders) -> None:
        self._url = url
        self._client = client
        self._headers = headers
        self._retries = counter("gateway_upstream_retries_total").labels(name)

    async def ask(self, exchange: Exchange, body: RequestBody | None) -> tuple[StreamRequest, Response]:
        """Send the request and wait for the head of the answer.

        Sent a second time only if it is idempotent, its body can be sent again, and nothing was answered. Raises
        PyreqwestError, and whatever reading the body raises.
        """
        content = await body.small() if body else None
        repeatable = exchange.method in _IDEMPOTENT and (body is None or content is not None)
        headers = self._headers.make(exchange)
        try:
            request = self._request(exchange, headers, body, content)
            return request, await request.__aenter__()
        except NetworkError:
            if not repeatable:
                raise
        self._retries.inc()
        request = self._request(exchange, headers, body, content)
        return request, await request.__aenter__()

    def _request(
        self, exchange: Exchange, headers: list[tuple[str, str]], body: RequestBody | None, content: bytes | None
    ) -> StreamRequest:
        query = exchange.scope["query_string"].decode()
        url = f"{self._url}{exchange.path}?{query}" if query else self._url + exchange.path
        builder = self._client.request(exchange.method, url).headers(headers)
        # unbuffered: the head of an answer, and every event of a stream, must not wait for what comes after it
        return _with_body(builder, body, content).streamed_read_buffer_limit(0).build_streamed()


def _with_body(builder: RequestBuilder, body: RequestBody | None, content: bytes | None) -> RequestBuilder:
    if content is not None:
        return builder.body_bytes(content)
    if body is None:
        return builder
    if body.length is not None:
        builder = builder.header("content-length", str(body.length))
    return builder.body_stream(body.stream())
