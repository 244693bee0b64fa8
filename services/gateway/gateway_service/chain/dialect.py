"""Where RealWorld's dialect is asked otherwise than the API: its origins, and its tokens."""

from collections.abc import Awaitable

from chassis.realworld import PREFIX

from gateway_service.chain.link import Link, Outcome
from gateway_service.exchange import Exchange


class ByDialect:
    """One of two links, by the path, as it was sent while that is all there is: no other spelling has the prefix.

    ``__name__`` is what ``explain`` calls them both.
    """

    def __init__(self, api: Link, realworld: Link) -> None:
        self.__name__ = type(api).__name__
        self._api = api
        self._realworld = realworld

    def __call__(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        path = exchange.path or exchange.raw_path.decode("latin-1")
        link = self._realworld if path.startswith(PREFIX) else self._api
        return link(exchange)
