"""What the rooms hand to each other: headers, responses, and bodies that come in parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

Header = tuple[bytes, bytes]


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
