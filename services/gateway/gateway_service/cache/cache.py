"""Stands before the services: answers from what is kept, and asks once for many (RFC 9111)."""

from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic

from chassis.metrics import counter, gauge
from chassis.tallies import counts

from gateway_service.cache.entry import entry_of
from gateway_service.cache.fill import SET_COOKIE, Fill
from gateway_service.cache.freshness import freshness, surrogate_keys, varies_by_key
from gateway_service.cache.keys import Key, key_of
from gateway_service.cache.news import News
from gateway_service.cache.passed import Passed
from gateway_service.cache.store import Store
from gateway_service.chain.link import Forwarding
from gateway_service.config import UPSTREAMS, Keep
from gateway_service.exchange import Exchange
from gateway_service.messages import Give, Response


class Cache:
    """A Forwarding for routes that say ``cache``; others, and requests of one client alone, pass it by."""

    def __init__(self, forward: Forwarding, news: News, most_bytes: int, now: Callable[[], float] = monotonic) -> None:
        self._forward = forward
        self._news = news
        self._now = now
        self._store = Store(most_bytes)
        self._fills: dict[Key, Fill] = {}
        self._purges = 0
        self._passed = Passed(now)
        self._hit, self._miss, self._stale, self._bypass = map(_Outcome, ("hit", "miss", "stale", "bypass"))
        gauge("gateway_cache_entries").set_function(lambda: len(self._store))
        gauge("gateway_cache_bytes").set_function(lambda: self._store.bytes)
        for upstream in UPSTREAMS:
            gauge("gateway_cache_current").labels(upstream).set_function(partial(news.is_current, upstream))

    def __call__(self, exchange: Exchange, give: Give) -> None:
        assert exchange.rule is not None
        keep = exchange.rule.keep
        if keep is None:
            self._forward(exchange, give)
            return
        if self._news:
            self._purge()
        key = self._key(exchange, keep)
        if key is None:
            self._pass_by(exchange, give)
            return
        entry, now = self._store.get(key), self._now()
        if entry is None or now >= entry.stale_until:
            self._wait(key, exchange, give)
        elif now < entry.fresh_until:
            self._hit.mark(exchange)
            give(entry.response(exchange, now))
        else:
            self._stale.mark(exchange)
            give(entry.response(exchange, now))
            self._renew(key, exchange)

    def _key(self, exchange: Exchange, keep: Keep) -> Key | None:
        """Under what an answer may be kept, None if none may be."""
        key = key_of(exchange, keep)
        return None if key is None or key in self._passed or not self._is_current(exchange, keep) else key

    def _is_current(self, exchange: Exchange, keep: Keep) -> bool:
        """Whether what should be forgotten would be: else nothing is used, and nothing kept."""
        assert exchange.target is not None
        return bool(self._store.most_bytes) and (not keep.purged or self._news.is_current(exchange.target.upstream))

    def _pass_by(self, exchange: Exchange, give: Give) -> None:
        self._bypass.mark(exchange)
        self._forward(exchange, give)

    # asking

    def _wait(self, key: Key, exchange: Exchange, give: Give) -> None:
        fill = self._fills.get(key)
        if fill:
            fill.join(exchange, give, self._purges)
        else:
            fill = Fill(exchange, key, self._now(), renews=False)
            fill.join(exchange, give, self._purges)
            self._ask(fill)

    def _renew(self, key: Key, exchange: Exchange) -> None:
        if key not in self._fills:
            self._ask(Fill(exchange, key, self._now(), renews=True))

    def _ask(self, fill: Fill) -> None:
        self._fills[fill.key] = fill
        fill.begin(
            self._forward,
            may_share=partial(self._may_share, fill),
            done=partial(self._done, fill),
            refused=partial(self._refused, fill),
            over=partial(self._end, fill),
        )

    def _may_share(self, fill: Fill, response: Response) -> int:
        """How many bytes of a body may be held for everybody, 0 if it is for one client alone."""
        keep = _keep(fill)
        if freshness(response, keep) is None or (keep.purged and not surrogate_keys(response.headers)):
            return 0
        length = dict(response.headers).get(b"content-length", b"0")
        return keep.body_bytes if int(length) <= keep.body_bytes else 0

    def _done(self, fill: Fill, response: Response, body: bytes) -> None:
        """All of it is here: keep it, unless it was purged meanwhile, and give it to who waits."""
        self._purge()
        self._end(fill)
        fresh, now = freshness(response, _keep(fill)), self._now()
        assert fresh is not None
        entry = entry_of(fill.key, response, body, fresh, fill.began)  # its age includes the way here
        purged = fill.purge_of(entry.surrogates)
        if not purged and self._is_current(fill.errand, _keep(fill)):
            self._store.put(entry)
        outcome = self._miss
        for exchange, (give, purges) in fill.waiting.items():
            exchange.cancel = None
            if purged and purges >= purged:  # it came after the change, and must see it
                self(exchange, give)
                continue
            if outcome is self._miss:
                exchange.upstream_seconds = fill.errand.upstream_seconds
            outcome.mark(exchange)
            give(entry.response(exchange, now))
            outcome = self._hit

    def _refused(self, fill: Fill, outcome: Response | Exception) -> None:
        """The answer is for one client alone, and the others ask for themselves; or it failed, for all."""
        self._end(fill)
        waiting = [(exchange, give) for exchange, (give, _) in fill.waiting.items()]
        for exchange, _ in waiting:
            exchange.cancel = None
        if isinstance(outcome, Exception):
            for _, give in waiting:
                give(outcome)
            return
        self._passed.add(fill.key)
        if waiting and varies_by_key(outcome.vary, _keep(fill)):
            self._give_one(fill, outcome, *waiting.pop(0))
        elif not isinstance(outcome.body, bytes):
            outcome.body.cancel()
        for exchange, give in waiting:
            self._pass_by(exchange, give)

    def _give_one(self, fill: Fill, response: Response, exchange: Exchange, give: Give) -> None:
        assert exchange.target is not None
        self._miss.mark(exchange)
        exchange.upstream_seconds = fill.errand.upstream_seconds
        if SET_COOKIE not in exchange.target.headers:
            response.headers = [header for header in response.headers if header[0] != SET_COOKIE]
        if not isinstance(response.body, bytes):
            exchange.cancel = response.body.cancel
        give(response)

    def _end(self, fill: Fill) -> None:
        if self._fills.get(fill.key) is fill:
            del self._fills[fill.key]

    # forgetting

    def _purge(self) -> None:
        """Forget what events have told of since the last time."""
        while self._news:
            keys = self._news.take()
            if keys is None:
                self.forget()
            else:
                self._purged(self._store.purge(keys), keys)

    def forget(self) -> None:
        """Forget all: it may be of another service, or anything may have happened to it."""
        self._purged(self._store.clear(), (None,))

    def _purged(self, count: int, keys: Iterable[str | None]) -> None:
        self._purges += 1
        counter("gateway_cache_purged_total").inc(count)
        for fill in self._fills.values():
            fill.note(keys, self._purges)


class _Outcome:
    """How a request fared, told to its client and counted."""

    def __init__(self, name: str) -> None:
        self._header = (b"x-cache", name.encode())
        self._count = counts("gateway_cache_requests_total").labels(name).inc

    def mark(self, exchange: Exchange) -> None:
        exchange.added_headers.append(self._header)
        self._count()


def _keep(fill: Fill) -> Keep:
    assert fill.errand.rule is not None
    assert fill.errand.rule.keep is not None
    return fill.errand.rule.keep
