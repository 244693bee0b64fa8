"""One client's connection: its requests one at a time, in their order, and an orderly end."""

import asyncio
from typing import TYPE_CHECKING, cast

from chassis.logging import get_logger
from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from gateway_service.door import head as heads
from gateway_service.door.head import Line
from gateway_service.door.limits import AHEAD_BYTES, FRAMING_BYTES, HEAD_BYTES, UNSENT_BYTES
from gateway_service.door.received import EMPTY_LINE, Received
from gateway_service.door.turn import Turn, Wire
from gateway_service.exchange import Header
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
        self._parser = HttpRequestParser(self)
        self._received = Received()
        self._head = b""  # of the next request, so far
        self._headers: list[Header] = []
        self._whole = self._headed = False  # the message, and its head, as far as the parser has read
        self._keep = False
        self._left: int | None = None  # of a body whose length is known
        self._idle_bytes = 0  # framing since the last content of a chunked body
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
        self._received.add(data)
        self._read()

    def eof_received(self) -> None:
        if self._turn:
            self._turn.leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._ending = True
        self._received.clear()
        self._door.leave(self)
        self._wire.writable.set()
        if self._turn:
            self._turn.leave()

    def pause_writing(self) -> None:
        self._wire.writable.clear()

    def resume_writing(self) -> None:
        self._wire.writable.set()

    # the parser's callbacks

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._headed:  # after the body they are trailers
            self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        self._headed = True
        self._keep = self._parser.should_keep_alive()  # the parser forgets it when the message is whole

    def on_body(self, body: bytes) -> None:
        self._idle_bytes = 0
        if self._turn:
            self._turn.part(body)

    def on_message_complete(self) -> None:
        self._whole = True

    # reading

    def _read(self) -> None:
        """Read what belongs to the request that is due. The next one waits until this one is answered."""
        while self._received and not self._ending:
            if self._turn is None:
                self._read_head()
            elif not self._turn.arrived:
                self._read_body(self._turn)
            else:
                break
        self._pace()

    def _read_head(self) -> None:
        begun = bool(self._head)
        self._head = heads.without_empty_lines(self._head + self._received.through_empty_line())
        if self._head and not begun:
            self.deadline = self._loop.time() + self._door.head_seconds
        try:
            if len(self._head) > HEAD_BYTES:
                raise heads.too_long(self._head)
            if self._head.endswith(EMPTY_LINE):
                self._begin(heads.first_line(self._head))
            elif heads.is_hopeless(self._head):
                raise heads.malformed()
        except Refusal as refusal:
            self._refuse(refusal)

    def _begin(self, line: Line) -> None:
        upgrades = False
        try:
            self._parser.feed_data(b"GET / HTTP/1.%d\r\n%b" % (line.minor, self._head[line.end :]))
        except HttpParserUpgrade:
            upgrades = True
        except HttpParserError:
            raise heads.malformed() from None
        head = heads.read(line, self._headers, upgrades=upgrades)
        if not self._whole:
            lengths = [int(value) for name, value in self._headers if name == b"content-length"]
            self._left = lengths[0] if lengths else None
        self._idle_bytes = 0
        keep = line.minor == 1 and self._keep and not self._door.closing
        self._serve(Turn(self._wire, head, arrived=self._whole, keep=keep))

    def _read_body(self, turn: Turn) -> None:
        if self._left is None:
            piece = self._received.through_empty_line()
        else:
            piece = self._received.take(self._left)
            self._left -= len(piece)
        self._idle_bytes += len(piece)
        try:
            self._parser.feed_data(piece)
        except HttpParserError:
            self._give_up(turn)
            return
        if self._whole:
            turn.arrive()
        elif self._idle_bytes > FRAMING_BYTES:
            self._give_up(turn)

    def _give_up(self, turn: Turn) -> None:
        """The rest of the body cannot be understood: whoever reads it says so, and the connection ends."""
        self._ending = True
        turn.answer.keep = False
        turn.leave()

    def _pace(self) -> None:
        """Take in no more than is being read; but listen on while nothing lies here, to hear a client leave."""
        turn = self._turn
        full = not self._ending and bool(turn and (turn.full or (turn.arrived and len(self._received) > AHEAD_BYTES)))
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
        head = heads.refused(self._head, refusal)
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
        elif self._ending or not turn.arrived or (len(self._received) and not answer.keep):
            self._linger()
        elif not answer.keep or self._door.closing:
            self._close()
        else:
            self._await_head()
            self._read()

    def _await_head(self) -> None:
        self._head, self._headers = b"", []
        self._headed = self._whole = False
        self.deadline = self._loop.time() + self._door.head_seconds

    # ending

    @property
    def idle(self) -> bool:
        """Nothing has been asked since the last answer."""
        return self._turn is None and not self._head and not self._ending

    def close_if_idle(self) -> None:
        if self.idle:
            self._close()

    def overdue(self) -> None:
        """The client had its time: to ask, or to take its last answer."""
        if self._ending:
            self._transport.abort()
        elif self._head:
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
        self._received.clear()
        self.deadline = self._loop.time() + self._door.linger_seconds
        self._pace()
        self._transport.write_eof()
