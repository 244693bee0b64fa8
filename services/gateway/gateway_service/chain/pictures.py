"""Where pictures have an origin of their own (PICTURES_URL): nothing else is there, and they are nowhere else.

What users sent is shown at a host that never sees a cookie, and whose pages could do nothing if it were taken for one.
"""

from collections.abc import Awaitable

from gateway_service.chain.link import Link, Outcome
from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.refusals import Refusal
from gateway_service.routing import RouteTable

_KEPT = (b"cache-control", b"public, max-age=3600")  # an hour, for whoever takes the setting back
_NOT_KEPT = (b"cache-control", b"no-store")


class PicturesCheck:
    """Refuses all else at the hosts of pictures, and leads there from addresses that were given out before.

    ``url`` is where to; empty where pictures are beside all else by now.
    """

    def __init__(self, table: RouteTable, url: str) -> None:
        self._table = table
        self._url = url.encode()

    def __call__(self, exchange: Exchange) -> Response | None:
        target = self._table.find(exchange.path)
        is_picture = target is not None and target.pictures
        if exchange.at_pictures and not is_picture:
            raise Refusal("route_unknown", "Here are pictures alone.")
        if exchange.at_pictures or not self._url:
            return None
        if target is None or not is_picture or exchange.method not in {"GET", "HEAD"}:
            return None
        exchange.template = target.template
        query = exchange.turn.head.query
        location = self._url + exchange.raw_path + (b"?" + query if query else b"")
        lasts = target.template.startswith("/m/")  # the others are secrets, and may end
        return Response(308, b"", ((b"location", location), _KEPT if lasts else _NOT_KEPT))


class AtPictures:
    """One of two links, by the host. ``__name__`` is what ``explain`` calls them both."""

    def __init__(self, pictures: Link, elsewhere: Link) -> None:
        self.__name__ = type(pictures).__name__
        self._pictures = pictures
        self._elsewhere = elsewhere

    def __call__(self, exchange: Exchange) -> Outcome | Awaitable[Outcome]:
        return (self._pictures if exchange.at_pictures else self._elsewhere)(exchange)
