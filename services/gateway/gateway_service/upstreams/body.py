"""The client's body on its way to the upstream: counted, and in one piece unless it is large and may be streamed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

from gateway_service.config import Limits
from gateway_service.door.turn import BodyBrokenError
from gateway_service.exchange import Exchange
from gateway_service.rates.chosen import whose_address
from gateway_service.refusals import Refusal

SMALL_BYTES = 64 * 1024
OF_ADDRESS = 1 / 4
"""Of the memory for bodies: what those of one address may take, unless it is a single one."""
FOR_SMALL = 1 / 8
"""Of all of it, and of what is an address's: kept for bodies of SMALL_BYTES at most, so that log-ins go on."""
Wait = Callable[[Awaitable[bytes]], Awaitable[bytes]]
"""Waits for the client, and knows for how long."""


class Budget:
    """Memory for bodies that are held until they are whole, of all clients together."""

    def __init__(self, total: int) -> None:
        self.total = total
        """It may change; what is held stays."""
        self._held = 0
        self._of_address: dict[str, int] = {}

    def take(self, whose: str, count: int, length: int) -> None:
        """So many bytes more, for an address whose body has this ``length``, as far as is known.

        Raises Refusal when there is no room, 429 if that is the address's own doing.
        """
        held, own = self._held + count, self._of_address.get(whose, 0) + count
        room = self.total if length <= SMALL_BYTES else self.total * (1 - FOR_SMALL)
        if own > max(room * OF_ADDRESS, length):
            raise _full("Your address has too many bodies under way.", status=429)
        if held > room:
            raise _full()
        self._held, self._of_address[whose] = held, own

    def give_back(self, whose: str, count: int) -> None:
        self._held -= count
        own = self._of_address.pop(whose, 0) - count
        if own:
            self._of_address[whose] = own


def _full(detail: str = "", *, status: int | None = None) -> Refusal:
    return Refusal("bodies_full", detail, status=status, headers={"Retry-After": "1"})


class RequestBody:
    """Takes in a body, and streams what is not held to the upstream as fast as that takes it."""

    def __init__(self, exchange: Exchange, limits: Limits, budget: Budget) -> None:
        assert exchange.target is not None
        self._turn = exchange.turn
        self._limits = limits
        self._budget = budget
        self._whose = whose_address(exchange.client)
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
        self._budget.give_back(self._whose, self._held)
        self._held = 0

    def _hold(self, count: int) -> None:
        held = self._held + count
        self._budget.take(self._whose, count, self.length or held)
        self._held = held

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
