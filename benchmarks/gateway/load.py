"""A closed loop, where each client asks again once it has its answer, and an open one, where they ask by the clock."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import uvloop

Request = bytes
_LENGTH = b"content-length:"


class Answer(NamedTuple):
    """``seconds`` since it was due to be asked for."""

    status: int
    seconds: float


class Client(asyncio.Protocol):
    """One connection; its subclass says what to do when it is made, and with an answer's status."""

    def __init__(self) -> None:
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.made()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, end, body = self._data.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._data = b""
            self.answered(int(head[9:12]), head)

    def ask(self, request: Request) -> None:
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def made(self) -> None:
        raise NotImplementedError

    def answered(self, status: int, head: bytes) -> None:
        raise NotImplementedError


class Asking(Client):
    """Asks what is left to be asked, one after another; ``done`` tells when nothing is, or what went wrong."""

    def __init__(self, requests: Iterator[Request], done: asyncio.Future[None]) -> None:
        super().__init__()
        self._requests = requests
        self._done = done

    def made(self) -> None:
        self._ask_next()

    def answered(self, status: int, head: bytes) -> None:
        if status == 200:
            self._ask_next()
        else:
            self._end(AssertionError(head.decode()))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the connection was closed"))

    def _ask_next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._end(None)
            self.close()
        else:
            self.ask(request)

    def _end(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error:
            self._done.set_exception(error)
        else:
            self._done.set_result(None)


def ask(port: int, requests: Sequence[Request], clients: int) -> None:
    """A closed loop, until all is asked; AssertionError for an answer that is not 200, ConnectionError for none."""
    uvloop.run(_ask(port, iter(requests), clients))


async def _ask(port: int, requests: Iterator[Request], clients: int) -> None:
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(clients)]
    for each in done:
        await loop.create_connection(lambda each=each: Asking(requests, each), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*done)


class Offered(Client):
    """Asks when it is told to, and joins those that are free when it has its answer."""

    def __init__(self, offering: "Offering") -> None:
        super().__init__()
        self._offering = offering
        self.due = 0.0

    def made(self) -> None:
        self._offering.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._offering.fail(exc or ConnectionError("a connection was closed"))

    def answered(self, status: int, head: bytes) -> None:  # noqa: ARG002  as its base has it
        self._offering.answered(self, status)


class Offering:
    """So many requests a second, whoever still waits; one that finds all clients busy is late from the beginning."""

    def __init__(self, request: Request, rate: float) -> None:
        self.free: list[Offered] = []
        self.answers: list[Answer] = []
        self._loop = asyncio.get_running_loop()
        self._request = request
        self._every = 1 / rate
        self._waiting: deque[float] = deque()
        self._over = False
        self._failure: Exception | None = None

    def tick(self, due: float) -> None:
        """Ask all that is due, and come again for the next."""
        if self._over:
            return
        now = self._loop.time()
        while due <= now:
            self._waiting.append(due)
            due += self._every
        self._ask_waiting()
        self._loop.call_at(due, self.tick, due)

    def end(self) -> None:
        """Ask no more, and take no answer in; raises what a connection was lost by."""
        self._over = True
        if self._failure:
            raise self._failure

    def fail(self, error: Exception) -> None:
        self._failure = self._failure or error

    def answered(self, client: Offered, status: int) -> None:
        if self._over:
            return
        self.answers.append(Answer(status, self._loop.time() - client.due))
        self.free.append(client)
        self._ask_waiting()

    def _ask_waiting(self) -> None:
        while self._waiting and self.free:
            client = self.free.pop()
            client.due = self._waiting.popleft()
            client.ask(self._request)


def offer(port: int, request: Request, *, rate: float, seconds: float, clients: int) -> list[Answer]:
    """An open loop: the answers that came within the time, of whatever status."""
    return uvloop.run(_offer(port, request, rate, seconds, clients))


async def _offer(port: int, request: Request, rate: float, seconds: float, clients: int) -> list[Answer]:
    loop = asyncio.get_running_loop()
    offering = Offering(request, rate)
    for _ in range(clients):
        await loop.create_connection(lambda: Offered(offering), "127.0.0.1", port)
    offering.tick(loop.time())
    await asyncio.sleep(seconds)
    offering.end()
    return offering.answers


def percentile(answers: Sequence[Answer], percent: float) -> float:
    """In milliseconds: what so many of a hundred did not take longer than."""
    ordered = sorted(answer.seconds for answer in answers)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[at:].partition(b"\r\n")[0])
