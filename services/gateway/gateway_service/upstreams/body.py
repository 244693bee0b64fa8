"""The client's body on its way to the upstream: streamed, counted, and small ones sent in one piece."""

from collections.abc import AsyncIterator

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal
from gateway_service.upstreams.transfer import Transfer

SMALL_BYTES = 64 * 1024


class AbandonedError(Exception):
    """The upstream has answered; what is left of the body is not sent."""


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
        self._abandoned = False
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

    async def stream(self) -> AsyncIterator[bytes]:
        """What was read already, then the rest as it arrives."""
        for chunk in self._collected:
            yield chunk
        while not self._exchange.body_arrived:
            yield await self._next()

    def abandon(self) -> None:
        """Send no more: the upstream's connection is given up rather than told that the body were complete."""
        self._abandoned = True

    async def _next(self) -> bytes:
        if self._abandoned:
            raise AbandonedError
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
