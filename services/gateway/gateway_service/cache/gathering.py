"""A body that is taken whole before anybody gets it."""

from collections.abc import Callable

from gateway_service.messages import Between, Response, Sink, Source

Done = Callable[[Response, bytes], None]
Refused = Callable[[Response | Exception], None]


class Gathering(Between):
    """Gives the body to ``done``. One that is too long, or breaks off, is ``refused``.

    Of the former it is a source itself, for whoever may have it.
    """

    def __init__(self, response: Response, source: Source, most_bytes: int, done: Done, refused: Refused) -> None:
        super().__init__(source)
        self._response = response
        self._most_bytes = most_bytes
        self._done = done
        self._refused = refused
        self._parts: list[bytes] = []
        self._size = 0

    def part(self, data: bytes, *, last: bool) -> None:
        if self._sink:
            super().part(data, last=last)
            return
        self._parts.append(data)
        self._size += len(data)
        if last:
            self._done(self._response, b"".join(self._parts))
        elif self._size > self._most_bytes:
            response = self._response
            self._refused(Response(response.status, self, response.headers, response.vary))

    def broken(self, error: Exception) -> None:
        if self._sink:
            super().broken(error)
        else:
            self._refused(error)

    def flow(self, sink: Sink) -> None:
        self._sink = sink
        first = b"".join(self._parts)
        self._parts.clear()
        sink.part(first, last=False)
