"""One client's connection: its requests one at a time, in their order, and an orderly end."""

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from chassis.logging import get_logger

from gateway_service.door import head as heads
from gateway_service.door.limits import AHEAD_BYTES, READ_BYTES_PER_SECOND, SENDS_ON_SECONDS, UNSENT_BYTES
from gateway_service.door.reading import Reading
from gateway_service.door.turn import Turn
from gateway_service.refusals import Refusal

NEVER = float("inf")
Application = Callable[[Turn], None]
"""Is called when the head of a request has come, and gives the response by then or later."""
log = get_logger()


class Keeper(Protocol):
    """The door, as its connections see it."""

    app: Application
    head_seconds: float
    linger_seconds: float
    closing: bool

    def enter(self, connection: "ClientConnection") -> bool: ...

    def leave(self, connection: "ClientConnection") -> None: ...


class ClientConnection(asyncio.Protocol):
    """``deadline``: when the client is overdue, by the loop's clock. ``asked``: since this was last looked at."""

    asked = False

    def __init__(self, door: Keeper) -> None:
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._reading = Reading()
        self._turn: Turn | None = None
        self._in_read = False
        self._paused = False
        self._writable = True
        self._ending = False
        self._unsent = 0  # when it was last looked at
        self.client = ""  # its address
        self.deadline = NEVER

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)
        self.write = self._transport.write
        peer = transport.get_extra_info("peername")
        self.client = str(peer[0]) if peer else ""
        self._await_head()
        if not peer or not self._door.enter(self):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return  # it is waited for the client to read its last response
        self._reading.received.add(data)
        self._read()

    def eof_received(self) -> None:
        if self._turn:
            self._turn.leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._ending = True
        self._reading.received.clear()
        self._door.leave(self)
        if self._turn:
            self._turn.leave()

    def pause_writing(self) -> None:
        self._writable = False
        self._unsent = self._transport.get_write_buffer_size()
        if self._turn and self._turn.source:
            self._turn.source.pause()

    def resume_writing(self) -> None:
        self._writable = True
        if self._turn and self._turn.source:
            self._turn.source.resume()
        elif self._turn is None and not self._ending:
            if not self._reading.raw:
                self.deadline = self._loop.time() + self._door.head_seconds
            self._read()

    # reading

    def _read(self) -> None:
        """Read what belongs to the request that is due. The next one waits until this one is answered."""
        if self._in_read:  # a request was answered at once: the loop below goes on
            return
        self._in_read = True
        while self._reading.received.size and not self._ending:
            if self._turn is None:
                if not self._writable:
                    break
                self._read_head()
            elif not self._turn.arrived:
                self._read_body(self._turn)
            else:
                break
        self._in_read = False
        if self._turn or self._paused or not self._writable:
            self.pace()

    def _read_head(self) -> None:
        reading, begun = self._reading, bool(self._reading.raw)
        try:
            head = reading.head()
        except Refusal as refusal:
            self._refuse(refusal)
            return
        if head:
            turn = Turn(self, head, self.client, arrived=reading.whole, keep=reading.keep and not self._door.closing)
            while not turn.arrived and reading.received.size and not self._ending:
                self._read_body(turn)  # what came with the head
            self._serve(turn)
        elif reading.raw and not begun:
            self.deadline = self._loop.time() + self._door.head_seconds

    def _read_body(self, turn: Turn) -> None:
        try:
            content = self._reading.body()
        except Refusal:
            self._ending = True
            turn.break_off()
        else:
            if content:
                turn.add(content)
            if self._reading.whole:
                turn.arrive()
        if turn.complete and (turn.arrived or self._ending):
            self._next(turn)

    def pace(self) -> None:
        """Take in no more than is being read; but listen on while nothing lies here, to hear a client leave."""
        turn = self._turn
        if turn is None:
            full = not self._writable
        else:
            full = turn.full or (turn.arrived and self._reading.received.size > AHEAD_BYTES)
        full = full and not self._ending
        if full != self._paused and not self._transport.is_closing():
            self._paused = full
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    # serving

    def _serve(self, turn: Turn) -> None:
        self.asked = True
        self.deadline = NEVER
        self._turn = turn
        try:
            self._door.app(turn)
        except Exception:
            log.exception("unhandled error")
            if not turn.complete:
                turn.cut()

    def _refuse(self, refusal: Refusal) -> None:
        """Let the application answer, in the form of all refusals, and read no more."""
        self._ending = True
        head = heads.refused(self._reading.raw, refusal)
        self._serve(Turn(self, head, self.client, arrived=True, keep=False))

    def ended(self, turn: Turn) -> None:
        """The response is complete, or cut; behind a complete one is taken in what the client still sends."""
        if turn.complete and turn.sends_on and not self._ending:
            self.deadline = self._loop.time() + SENDS_ON_SECONDS
            self.pace()
        else:
            self._next(turn)

    def _next(self, turn: Turn) -> None:
        """Go on with the next request once the client has taken its response, or end."""
        self._turn = None
        ahead = self._reading.received.size
        if not turn.complete:
            self._close()
        elif self._ending or not turn.arrived or (ahead and not turn.keep):
            self._linger()
        elif not turn.keep or self._door.closing:
            self._close()
        else:
            self._await_head()
            if (ahead or self._paused) and self._writable:
                self._read()

    def _await_head(self) -> None:
        self._reading.begin()
        self.deadline = self._loop.time() + self._door.head_seconds

    # ending

    @property
    def idle(self) -> bool:
        """Nothing has been asked since the last response."""
        return self._turn is None and not self._reading.raw and not self._ending and self._writable

    def close_if_idle(self) -> None:
        if self.idle:
            self._close()

    def forget(self) -> None:
        """Remember no header of a client that asks nothing."""
        if self._turn is None:
            self._reading.forget()

    def overdue(self) -> None:
        """The client had its time: to ask, to send its body, or to take its last response."""
        if self._ending or not self._writable:
            self._await_reader()
        elif self._turn:
            self._turn = None
            self._linger()
        elif self._reading.raw:
            self._refuse(Refusal("request_timeout", "The headers took too long to arrive."))
        else:
            self._close()

    def _await_reader(self) -> None:
        """Go on with a client that takes its last response, if it does not do so just to be here."""
        unsent, before = self._transport.get_write_buffer_size(), self._unsent
        if before - unsent < READ_BYTES_PER_SECOND * self._door.head_seconds:
            self._transport.abort()
        else:
            self._unsent = unsent
            self.deadline = self._loop.time() + self._door.head_seconds

    def abort(self) -> None:
        """End at once, whatever is under way."""
        self._transport.abort()

    def _close(self) -> None:
        """Close once what was written is sent."""
        self._ending = True
        self._unsent = self._transport.get_write_buffer_size()
        self.deadline = self._loop.time() + self._door.head_seconds
        self._transport.close()

    def _linger(self) -> None:
        """Say that nothing more will come, and let the client read that before its own sending fails."""
        self._ending = True
        self._reading.received.clear()
        self.deadline = self._loop.time() + self._door.linger_seconds
        if not self._transport.is_closing():
            self.pace()
            self._transport.write_eof()
