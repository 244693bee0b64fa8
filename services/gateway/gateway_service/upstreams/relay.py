"""Passes the answer of an upstream on to the client, chunk by chunk, as fast as the client takes it."""

from time import monotonic

from chassis.logging import get_logger
from pyreqwest.response import Response

from gateway_service.exchange import Exchange, Header
from gateway_service.upstreams.transfer import Transfer

_BODILESS = frozenset({204, 304})

log = get_logger()


class Relay:
    """One answer on its way. Raises PyreqwestError when the upstream breaks off."""

    __slots__ = ("_exchange", "_response", "_transfer")

    def __init__(self, exchange: Exchange, transfer: Transfer, response: Response) -> None:
        self._exchange = exchange
        self._transfer = transfer
        self._response = response

    async def run(self, headers: list[Header]) -> None:
        """Send head and body."""
        length = self._response.get_header("content-length")
        if self._exchange.method == "HEAD" or self._response.status in _BODILESS or length == "0":
            await self._begin(headers)
            await self._finish(b"")
        elif (self._response.get_header("content-type") or "").startswith("text/event-stream"):
            self._transfer.endless = True
            await self._begin(headers)
            await self._stream(await self._read(), -1)
        else:
            first = await self._read()  # before the head is sent: an upstream that fails here is still a 502
            await self._begin(headers)
            await self._stream(first, int(length) if length else -1)

    async def _stream(self, chunk: bytes | None, left: int) -> None:
        """Send chunk after chunk; the last one of ``left`` bytes (-1: unknown) together with the end."""
        while chunk is not None:
            left -= len(chunk)
            if left == 0:
                await self._finish(chunk)
                return
            message = {"type": "http.response.body", "body": chunk, "more_body": True}
            await self._transfer.of_client(self._exchange.send(message))
            chunk = await self._read()
        await self._finish(b"")

    async def _read(self) -> bytes | None:
        chunk = await self._response.body_reader.read_chunk()
        self._transfer.moved = monotonic()
        return None if chunk is None else bytes(chunk)

    async def _begin(self, headers: list[Header]) -> None:
        self._exchange.status = self._response.status
        await self._exchange.send({"type": "http.response.start", "status": self._response.status, "headers": headers})

    async def _finish(self, last: bytes) -> None:
        self._transfer.answered = True
        await self._transfer.of_client(self._exchange.send({"type": "http.response.body", "body": last}))


def readable_headers(response: Response) -> list[tuple[str, str]]:
    """The headers of an answer. One that is not ASCII does not pass: the client library cannot read it."""
    try:
        return list(response.headers.items())
    except ValueError:
        pass
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(response.headers.keys()):
        try:
            found += [(name, value) for value in response.headers.getall(name)]
        except ValueError:
            log.warning("header of an upstream is not ASCII", header=name)
    return found
