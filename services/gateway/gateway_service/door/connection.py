"""One client's connection: its requests one at a time, in their order, and an orderly end."""

import asyncio
from typing import TYPE_CHECKING, cast

from chassis.logging import get_logger

from gateway_service.door import head as heads
from gateway_service.door.limits import AHEAD_BYTES, UNSENT_BYTES
from gateway_service.door.reading import Reading
from gateway_service.door.turn import Turn, Wire
from gateway_service.refusals import Refusal

if TYPE_CHECKING:
    from gateway_service.door.door import Door

NEVER = float("inf")
log = get_logger()


class Connection(asyncio.Protocol):
    """``deadline``: when the client is overdue, by the loop's clock."""

    def __init__(self, door: "Door") -> None:
        self._door = door
        self._loop = asyncio.get_running_loop()
        self._reading = Reading()
        self._turn: Turn | None = None
        self._task: asyncio.Task[None] | None = None
        self._paused = False
        self._ending = False
        self.deadline = NEVER

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)
        peer = transport.get_extra_info("peername")
        self._wire = Wire(self._transport.write, self._pace)
        self._client = (str(peer[0]), int(peer[1])) if peer else ("", 0)
        self._await_head()
        if not peer or not self._door.enter(self):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return  # it is waited for the client to read its last answer
        self._reading.received.add(data)
        self._read()

    def eof_received(self) -> None:
        if self._turn:
            self._turn.leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._ending = True
        self._reading.received.clear()
        self._door.leave(self)
        self._wire.writable.set()
        if self._turn:
            self._turn.leave()

    def pause_writing(self) -> None:
        self._wire.writable.clear()

    def resume_writing(self) -> None:
        self._wire.writable.set()

    # reading

    def _read(self) -> None:
        """Read what belongs to the request that is due. The next one waits until this one is answered."""
        while self._reading.received and not self._ending:
            if self._turn is None:
                self._read_head()
            elif not self._turn.arrived:
                self._read_body(self._turn)
            else:
                break
        self._pace()

    def _read_head(self) -> None:
        reading, begun = self._reading, bool(self._reading.raw)
        try:
            head = reading.head()
        except Refusal as refusal:
            self._refuse(refusal)
            return
        if head:
            keep = reading.keep and not self._door.closing
            self._serve(Turn(self._wire, head, arrived=reading.whole, keep=keep))
        elif reading.raw and not begun:
            self.deadline = self._loop.time() + self._door.head_seconds

    def _read_body(self, turn: Turn) -> None:
        try:
            content = self._reading.body()
        except Refusal:
            self._give_up(turn)
            return
        if content:
            turn.part(content)
        if self._reading.whole:
            turn.arrive()

    def _give_up(self, turn: Turn) -> None:
        """The rest of the body cannot be understood: whoever reads it says so, and the connection ends."""
        self._ending = True
        turn.answer.keep = False
        turn.leave()

    def _pace(self) -> None:
        """Take in no more than is being read; but listen on while nothing lies here, to hear a client leave."""
        turn = self._turn
        ahead = len(self._reading.received)
        full = not self._ending and turn is not None and (turn.full or (turn.arrived and ahead > AHEAD_BYTES))
        if full != self._paused and not self._transport.is_closing():
            self._paused = full
            if full:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    # serving

    def _serve(self, turn: Turn) -> None:
        self.deadline = NEVER
        self._turn = turn
        self._task = self._loop.create_task(self._run(turn))

    def _refuse(self, refusal: Refusal) -> None:
        """Let the application answer, in the form of all refusals, and read no more."""
        self._ending = True
        head = heads.refused(self._reading.raw, refusal)
        self._serve(Turn(self._wire, head, arrived=True, keep=False))

    async def _run(self, turn: Turn) -> None:
        try:
            await self._door.app(turn.head.scope(self._client), turn.receive, turn.send)
        except Exception:
            if not turn.answer.begun:  # else an answer is cut on purpose, and the access log says why
                log.exception("unhandled error")
        finally:
            self._turn = self._task = None
            self._next(turn)

    def _next(self, turn: Turn) -> None:
        """Go on with the next request, or end."""
        if self._transport.is_closing():
            return
        answer = turn.answer
        if not answer.complete:
            self._close()
        elif self._ending or not turn.arrived or (len(self._reading.received) and not answer.keep):
            self._linger()
        elif not answer.keep or self._door.closing:
            self._close()
        else:
            self._await_head()
            self._read()

    def _await_head(self) -> None:
        self._reading.begin()
        self.deadline = self._loop.time() + self._door.head_seconds

    # ending

    @property
    def idle(self) -> bool:
        """Nothing has been asked since the last answer."""
        return self._turn is None and not self._reading.raw and not self._ending

    def close_if_idle(self) -> None:
        if self.idle:
            self._close()

    def overdue(self) -> None:
        """The client had its time: to ask, or to take its last answer."""
        if self._ending:
            self._transport.abort()
        elif self._reading.raw:
            self._refuse(Refusal("request_timeout", "The headers took too long to arrive."))
        else:
            self._close()

    def abort(self) -> None:
        """End at once, whatever is under way."""
        if self._task:
            self._task.cancel()
        self._transport.abort()

    def _close(self) -> None:
        """Close once what was written is sent."""
        self._ending = True
        self.deadline = self._loop.time() + self._door.head_seconds
        self._transport.close()

    def _linger(self) -> None:
        """Say that nothing more will come, and let the client read that before its own sending fails."""
        self._ending = True
        self._reading.received.clear()
        self.deadline = self._loop.time() + self._door.linger_seconds
        self._pace()
        self._transport.write_eof()
