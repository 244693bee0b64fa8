"""A response that is streamed to its client."""

from collections.abc import Callable

from gateway_service.exchange import Exchange
from gateway_service.messages import Source


class Delivery:
    """Takes the parts of a body; ``ended`` is called when the last one is sent, or the response had to be cut."""

    __slots__ = ("_ended", "_exchange", "_source")

    def __init__(self, exchange: Exchange, source: Source, ended: Callable[[Exchange], None]) -> None:
        self._exchange = exchange
        self._source = source
        self._ended = ended

    def part(self, data: bytes, *, last: bool) -> None:
        """Send it on."""
        try:
            self._exchange.turn.part(data, last=last)
        except ValueError as error:  # not the body that was announced
            self._source.cancel()
            self.broken(error)
            return
        if last:
            self._ended(self._exchange)

    def broken(self, error: Exception) -> None:
        """Cut the connection, so that nobody takes the response for whole."""
        self._exchange.code = getattr(error, "code", "internal_error")
        self._exchange.turn.cut()
        self._ended(self._exchange)
