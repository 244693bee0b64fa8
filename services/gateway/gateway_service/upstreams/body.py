"""The client's body on its way to the upstream: counted, and in one piece unless it is large and may be streamed."""

from collections.abc import AsyncIterator
from time import monotonic

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal
from gateway_service.upstreams.transfer import Transfer

SMALL_BYTES = 64 * 1024


class Budget:
    """Memory for bodies that are held until they are whole, of all clients together."""

    def __init__(self, total: int) -> None:
        self._left = total

    def take(self, count: int) -> None:
        """Raises Refusal when there is no room."""
        if count > self._left:
            raise Refusal("bodies_full", headers={"Retry-After": "1"})
        self._left -= count

    def give_back(self, count: int) -> None:
        self._left += count


class RequestBody:
    """Takes in a body, and streams what is not held to the upstream as fast as that takes it."""

    def __init__(self, exchange: Exchange, transfer: Transfer, budget: Budget) -> None:
        assert exchange.target is not None
        self._budget = budget
        self._held = 0
        self._most_held = SMALL_BYTES if exchange.target.stream_body else transfer.limits.body_bytes
        length = exchange.fields.get(b"content-length")
        self.length = int(length) if length is not None else None
        self._exchange = exchange
        self._transfer = transfer
        self._limit = transfer.limits.body_bytes
        self._received = 0
        self._collected: list[bytes] = []
        if self.length is not None and self.length > self._limit:
            raise self._too_large()

    async def whole(self) -> bytes | None:
        """The body once it is whole, or None if it is to be streamed, what was read already first.

        No thread of an upstream is kept busy by a client that is slow to send, and it learns the length of bodies
        sent in chunks, which WSGI servers need. Where the route streams only small ones are held.
        """
        if self.length is not None and self.length > self._most_held:
            return None
        while not self._exchange.body_arrived and self._received <= self._most_held:
            chunk = await self._next()
            self._hold(len(chunk))
            self._collected.append(chunk)
        return b"".join(self._collected) if self._exchange.body_arrived else None

    def release(self) -> None:
        """Leave the memory to others."""
        self._budget.give_back(self._held)
        self._held = 0

    def _hold(self, count: int) -> None:
        self._budget.take(count)
        self._held += count

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
        if not self._exchange.body_arrived:
            self._require_pace()
        return chunk

    def _require_pace(self) -> None:
        limits, elapsed = self._transfer.limits, monotonic() - self._transfer.started
        if elapsed > limits.body_idle_seconds and self._received < elapsed * limits.body_bytes_per_second:
            raise Refusal("request_timeout", f"At least {limits.body_bytes_per_second:g} bytes a second are expected.")

    def _too_large(self) -> Refusal:
        return Refusal("body_too_large", f"At most {self._limit} bytes are taken here.")
