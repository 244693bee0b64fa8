"""What the rooms hand to each other: headers, responses, and bodies that come in parts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

Header = tuple[bytes, bytes]


def encoded(headers: Mapping[str, str]) -> tuple[Header, ...]:
    """Headers as they are sent."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


class Sink(Protocol):
    """Takes a body, part by part."""

    def part(self, data: bytes, *, last: bool) -> None: ...

    def broken(self, error: Exception) -> None:
        """Nothing more will come, though the body is not whole."""


class Source(Protocol):
    """A body that is still coming, no faster than it is taken."""

    def flow(self, sink: Sink) -> None:
        """Begin, with what is there already; to be called before the loop turns."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def cancel(self) -> None:
        """Nobody takes it any more."""


class Between:
    """A source that stands between another one and its sink; what it does to the parts is its subclass's."""

    _sink: Sink | None = None

    def __init__(self, source: Source) -> None:
        self._source = source

    def flow(self, sink: Sink) -> None:
        self._sink = sink
        self._source.flow(self)

    def pause(self) -> None:
        self._source.pause()

    def resume(self) -> None:
        self._source.resume()

    def cancel(self) -> None:
        self._source.cancel()

    def part(self, data: bytes, *, last: bool) -> None:
        if self._sink:
            self._sink.part(data, last=last)

    def broken(self, error: Exception) -> None:
        if self._sink:
            self._sink.broken(error)


@dataclass(slots=True)
class Response:
    """What a client is to get; ``vary`` are the request headers that it was chosen by, besides the gateway's own.

    ``forms`` are those of a body that is kept, by their content codings: who makes another one may leave it there.
    """

    status: int
    body: bytes | Source = b""
    headers: Iterable[Header] = ()
    vary: bytes = b""
    forms: dict[str, bytes] | None = None


Give = Callable[[Response | Exception], None]
"""Takes what an exchange is answered with: a response, or why there is none."""
