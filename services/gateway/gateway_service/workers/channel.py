"""Questions and answers between the supervisor and one of its workers: JSON over a pair of sockets that has no name.

Nobody else can come by it: it is made before the worker, which inherits its end.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any, cast

from chassis.logging import get_logger

Handler = Callable[[Any], Any]
"""Gives what is answered, JSON or an awaitable of it."""
_LENGTH_BYTES = 4
log = get_logger()


class ChannelLostError(Exception):
    """Nobody answers any more: the other side is gone."""


class Channel(asyncio.Protocol):
    """One end. Questions are taken up in their order; those whose handler waits are answered later.

    ``lost`` is called when the other side is gone.
    """

    def __init__(self, handlers: Mapping[str, Handler], lost: Callable[[], object]) -> None:
        self._handlers = handlers
        self._lost = lost
        self._received = b""
        self._number = 0
        self._waiting: dict[int, tuple[asyncio.Future[Any], float]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self.is_up = False

    def ask(self, what: str, said: Any = None) -> asyncio.Future[Any]:
        """The answer; ChannelLostError if none comes."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        if not self.is_up:
            _fail(answer)
        else:
            self._number += 1
            self._waiting[self._number] = answer, loop.time()
            self._send([self._number, what, said])
        return answer

    @property
    def waited_seconds(self) -> float:
        """For how long the oldest question has waited for its answer."""
        oldest = next(iter(self._waiting.values()), None)
        return asyncio.get_running_loop().time() - oldest[1] if oldest else 0

    def close(self) -> None:
        self._transport.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_up = True

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        while len(received) >= _LENGTH_BYTES:
            end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES])
            if len(received) < end:
                break
            self._take(*json.loads(received[_LENGTH_BYTES:end]))
            received = received[end:]
        self._received = received

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self.is_up = False
        waiting, self._waiting = self._waiting, {}
        for answer, _ in waiting.values():
            if not answer.done():
                _fail(answer)
        self._lost()

    def _take(self, number: int, what: str | None, said: Any) -> None:
        if what is None:
            answer, _ = self._waiting.pop(number)
            if not answer.done():
                answer.set_result(said)
            return
        told = self._handlers[what](said)
        if isawaitable(told):
            task = asyncio.ensure_future(self._answer_later(number, told))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        else:
            self._send([number, None, told])

    async def _answer_later(self, number: int, told: Awaitable[Any]) -> None:
        try:
            self._send([number, None, await told])
        except Exception:
            log.exception("a question was not answered")
            self.close()

    def _send(self, message: list[Any]) -> None:
        if self.is_up:
            text = json.dumps(message).encode()
            self._transport.write(len(text).to_bytes(_LENGTH_BYTES) + text)


def _fail(answer: asyncio.Future[Any]) -> None:
    answer.set_exception(ChannelLostError())
    answer.exception()  # nobody may wait for it
