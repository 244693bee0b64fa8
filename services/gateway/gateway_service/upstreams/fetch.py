"""Gets a small document of a service, for the gateway's own use."""

import asyncio

from gateway_service.upstreams.connection import UpstreamFailedError
from gateway_service.upstreams.pool import Pool

FETCHED_BYTES = 2**20


async def fetch(pool: Pool, path: str) -> bytes:
    """The body of ``GET path``, as it is now, which none keeps.

    Raises UpstreamFailedError if it is not had with 200, or is longer than 1 MB.
    """
    connection = pool.take() or await pool.connect()
    document = Document()
    asked = f"GET {pool.prefix}{path} HTTP/1.1\r\nhost: {pool.authority}\r\ncache-control: no-cache\r\n\r\n"
    connection.begin(document, "GET", asked.encode())
    try:
        body = await document.whole
    finally:
        pool.give_back(connection)
    if connection.answer.status != 200:
        raise UpstreamFailedError("upstream_invalid")
    return body


class Document:
    """Listens to a connection until all has come."""

    def __init__(self) -> None:
        self.whole: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._parts: list[bytes] = []

    def answered(self, data: bytes, *, last: bool) -> None:
        self.part(data, last=last)

    def part(self, data: bytes, *, last: bool) -> None:
        self._parts.append(data)
        if sum(map(len, self._parts)) > FETCHED_BYTES:
            self.failed(UpstreamFailedError("upstream_invalid"))
        elif last and not self.whole.done():
            self.whole.set_result(b"".join(self._parts))

    def failed(self, error: UpstreamFailedError) -> None:
        if not self.whole.done():
            self.whole.set_exception(error)
