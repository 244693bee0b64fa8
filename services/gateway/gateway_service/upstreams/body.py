"""The client's body on its way to the upstream: counted, and in one piece unless it is large and may be streamed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from gateway_service.config import Limits
from gateway_service.door.turn import BodyBrokenError
from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal

SMALL_BYTES = 64 * 1024
Wait = Callable[[Awaitable[bytes]], Awaitable[bytes]]
"""Waits for the client, and knows for how long."""


class Budget:
    """Memory for bodies that are held until they are whole, of all clients together."""

    def __init__(self, total: int) -> None:
        self._total = self._left = total

    def resize(self, total: int) -> None:
        """More or less altogether; what is held stays."""
        self._left += total - self._total
        self._total = total

    def take(self, count: int) -> None:
        """Raises Refusal when there is no room."""
        if count > self._left:
            raise Refusal("bodies_full", headers={"Retry-After": "1"})
        self._left -= count

    def give_back(self, count: int) -> None:
        self._left += count


class RequestBody:
    """Takes in a body, and streams what is not held to the upstream as fast as that takes it."""

    def __init__(self, exchange: Exchange, limits: Limits, budget: Budget) -> None:
        assert exchange.target is not None
        self._turn = exchange.turn
        self._limits = limits
        self._budget = budget
        self._held = 0
        is_form = exchange.fields.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        form_bytes = limits.form_bytes if is_form else None
        self._most = form_bytes or limits.body_bytes
        self._most_held = SMALL_BYTES if exchange.target.stream_body or form_bytes else limits.body_bytes
        length = exchange.fields.get(b"content-length")
        self.length = int(length) if length is not None else None
        self._began = monotonic()
        self._received = 0
        self._collected: list[bytes] = []
        if self.length is not None and self.length > self._most:
            raise self._too_large()

    @property
    def is_at_hand(self) -> bool:
        """Whether the body has come whole already, and is not to be streamed."""
        return self._turn.arrived and self._turn.unread <= self._most_held

    def at_hand(self) -> bytes:
        """A body that has come whole already."""
        content = self._counted(self._turn.take())
        self._hold(len(content))
        return content

    async def whole(self, wait: Wait) -> bytes | None:
        """The body once it is whole, or None if it is to be streamed, what was read already first.

        No thread of an upstream is kept busy by a client that is slow to send, and it learns the length of bodies
        sent in chunks, which WSGI servers need. Where the route streams only small ones are held.
        """
        if self.length is not None and self.length > self._most_held:
            return None
        while self._received <= self._most_held:
            chunk = await self._next(wait)
            if not chunk:
                return b"".join(self._collected)
            self._hold(len(chunk))
            self._collected.append(chunk)
        return None

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

    async def stream(self, wait: Wait) -> AsyncIterator[bytes]:
        """What was read already, then the rest as it arrives; framed."""
        for chunk in self._collected:
            yield self._framed(chunk)
        while chunk := await self._next(wait):
            yield self._framed(chunk)
        if self.length is None:
            yield b"0\r\n\r\n"

    def _framed(self, chunk: bytes) -> bytes:
        if self.length is not None:
            return chunk
        return b"%x\r\n%b\r\n" % (len(chunk), chunk)

    async def _next(self, wait: Wait) -> bytes:
        try:
            chunk = await wait(self._turn.read())
        except BodyBrokenError:
            raise Refusal("header_invalid", "The body is badly framed, or broke off.") from None
        self._counted(chunk)
        if not self._turn.arrived:
            self._require_pace()
        return chunk

    def _counted(self, chunk: bytes) -> bytes:
        self._received += len(chunk)
        if self._received > self._most:
            raise self._too_large()
        return chunk

    def _require_pace(self) -> None:
        limits, elapsed = self._limits, monotonic() - self._began
        if elapsed > limits.body_idle_seconds and self._received < elapsed * limits.body_bytes_per_second:
            raise Refusal("request_timeout", f"At least {limits.body_bytes_per_second:g} bytes a second are expected.")

    def _too_large(self) -> Refusal:
        return Refusal("body_too_large", f"At most {self._most} bytes are taken here.")
