"""The client's body on its way to the upstream: streamed, counted, and small ones sent in one piece."""

from collections.abc import AsyncIterator

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal
from gateway_service.upstreams.transfer import Transfer

SMALL_BYTES = 64 * 1024


class RequestBody:
    """Streams a body to the upstream as fast as that takes it."""

    def __init__(self, exchange: Exchange, transfer: Transfer) -> None:
        length = exchange.fields.get(b"content-length")
        self.length = int(length) if length is not None else None
        self._exchange = exchange
        self._transfer = transfer
        self._limit = transfer.limits.body_bytes
        self._received = 0
        self._collected: list[bytes] = []
        if self.length is not None and self.length > self._limit:
            raise self._too_large()

    async def small(self) -> bytes | None:
        """The whole body if it is small, else None: then it is streamed, what was read already first.

        No upstream is kept busy by a client that is slow to send a form, and it learns the length of small bodies
        sent in chunks, which WSGI servers need.
        """
        if self.length is not None and self.length > SMALL_BYTES:
            return None
        while not self._exchange.body_arrived and self._received <= SMALL_BYTES:
            self._collected.append(await self._next())
        return b"".join(self._collected) if self._exchange.body_arrived else None

    @property
    def framing(self) -> bytes:
        """The header that tells how the streamed body ends."""
        if self.length is None:
            return b"transfer-encoding: chunked\r\n"
        return b"content-length: %d\r\n" % self.length

    async def stream(self) -> AsyncIterator[bytes]:
        """What was read already, then the rest as it arrives; framed."""
        for chunk in self._collected:
            yield self._framed(chunk)
        while not self._exchange.body_arrived:
            yield self._framed(await self._next())
        if self.length is None:
            yield b"0\r\n\r\n"

    def _framed(self, chunk: bytes) -> bytes:
        if self.length is not None or not chunk:
            return chunk
        return b"%x\r\n%b\r\n" % (len(chunk), chunk)

    async def _next(self) -> bytes:
        self._exchange.body_begun = True
        message = await self._transfer.of_client(self._exchange.receive())
        if message["type"] == "http.disconnect":
            self._exchange.body_arrived = True  # nothing more will come; the server tells a bad chunk no other way
            raise Refusal("header_invalid", "The body is badly framed, or broke off.")
        chunk: bytes = message["body"]
        self._received += len(chunk)
        self._exchange.body_arrived = not message["more_body"]
        if self._received > self._limit:
            raise self._too_large()
        return chunk

    def _too_large(self) -> Refusal:
        return Refusal("body_too_large", f"At most {self._limit} bytes are taken here.")
