"""One request to a service, for all who ask for the same meanwhile."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from gateway_service.cache.gathering import Done, Gathering, Refused
from gateway_service.cache.keys import Key
from gateway_service.chain.link import Forwarding
from gateway_service.door.head import Head
from gateway_service.door.nobody import Nobody
from gateway_service.door.turn import Turn
from gateway_service.exchange import Exchange
from gateway_service.messages import Give, Response

SET_COOKIE = b"set-cookie"


class Fill:
    """A request whose answer is kept. It ends when nobody waits for it any more, unless it ``renews`` what is kept.

    ``began`` is a time by the cache's clock. ``purged`` says of surrogate keys, by how many purges each was among those
    that came meanwhile; None is for all.
    """

    def __init__(self, exchange: Exchange, key: Key, began: float, *, renews: bool) -> None:
        self.key = key
        self.began = began
        self.errand = _errand(exchange, key)
        self.waiting: dict[Exchange, tuple[Give, int]] = {}
        self.purged: dict[str | None, int] = {}
        self._renews = renews
        self._over: Callable[[], None] = lambda: None

    def join(self, exchange: Exchange, give: Give, purges: int) -> None:
        """Wait for the answer; so many purges had been heard of by then."""
        self.waiting[exchange] = (give, purges)
        exchange.cancel = partial(self._leave, exchange)

    def begin(
        self,
        forward: Forwarding,
        may_share: Callable[[Response], int],
        done: Done,
        refused: Refused,
        over: Callable[[], None],
    ) -> None:
        """Ask the service.

        ``may_share`` says of an answer how many bytes of it may be held; ``over`` is called if nobody waits any more.
        """
        self._over = over

        def given(outcome: Response | Exception) -> None:
            try:
                most = 0 if isinstance(outcome, Exception) else may_share(outcome)
            except Exception as error:  # noqa: BLE001  whoever waits is told
                outcome, most = error, 0
            if isinstance(outcome, Exception) or not most:
                refused(outcome)
            elif isinstance(outcome.body, bytes):
                done(outcome, outcome.body)
            else:
                outcome.body.flow(Gathering(outcome, outcome.body, most, done, refused))

        try:
            forward(self.errand, given)
        except Exception as error:  # noqa: BLE001  as above
            refused(error)

    def note(self, keys: Iterable[str | None], number: int) -> None:
        """Remember that these were purged while it is under way."""
        self.purged.update(dict.fromkeys(keys, number))

    def purge_of(self, keys: Iterable[str]) -> int:
        """The last purge that was about one of these keys, 0 if none was."""
        return max((self.purged.get(key, 0) for key in (None, *keys)), default=0)

    def _leave(self, exchange: Exchange) -> None:
        self.waiting.pop(exchange, None)
        if not self.waiting and not self._renews:
            self._over()
            if self.errand.cancel:
                self.errand.cancel()


def _errand(exchange: Exchange, key: Key) -> Exchange:
    """The request that is sent: it says what is in the key, and nothing else of what this client says."""
    assert exchange.target is not None
    host = (b"host", exchange.fields.get(b"host", b""))
    headers = [host, *key.fields]
    head = Head("GET", key.path.encode(), key.query, 1, headers, dict(headers))
    errand = Exchange(Turn(Nobody(), head, exchange.client, arrived=True, keep=False), exchange.trace)
    errand.client, errand.path, errand.version = exchange.client, key.path, exchange.version
    errand.request_id, errand.template = exchange.request_id, exchange.template
    # an answer that sets a cookie is for one client, also where the route lets no cookies out
    errand.target = replace(exchange.target, headers=exchange.target.headers | {SET_COOKIE})
    errand.rule = exchange.rule
    return errand
