"""How many requests a service has at one time: as many as it can work on, and few that only wait there.

Of each route the shortest time is remembered: what a request takes longer it has waited, for a thread or for others. If
in a tenth of a second even the one that waited least waited too long, there is a standing queue (as CoDel has it, RFC
8289), and fewer requests are let in; if not, and all that was allowed was used, more are.
"""

from collections.abc import Callable
from time import monotonic

from chassis.metrics import counter, gauge

from gateway_service.guard_rules import ConcurrencyRules
from gateway_service.refusals import Refusal

Route = tuple[str, str]
"""Method and template."""
INTERVAL_SECONDS = 0.1
SAMPLES = 10  # at least, to say anything
REMEMBERED_SECONDS = 60.0  # of shortest times: of this minute and the last one, for services change
_READS = frozenset({"GET", "HEAD"})
_FEWER, _MORE = 0.8, 1.1
_INFINITE = float("inf")


class Concurrency:
    """How many requests one service takes at a time. ``used`` requests are with it, of ``limit``."""

    # of this interval
    _samples = 0
    _least_wait = _INFINITE
    _most_used = 0
    _interval_ends = 0.0

    def __init__(self, upstream: str, rules: ConcurrencyRules, now: Callable[[], float] = monotonic) -> None:
        self.rules = rules
        self.used = 0
        self.limit = float(rules.first)
        self._now = now
        self._shortest: dict[Route, float] = {}
        self._before: dict[Route, float] = {}
        self._forget_at = now() + REMEMBERED_SECONDS
        self._shed = {kind: counter("gateway_shed_total").labels(upstream, kind) for kind in ("read", "write")}
        self._begin_interval()
        gauge("gateway_concurrency_limit").labels(upstream).set_function(lambda: int(self.limit))
        gauge("gateway_concurrency_used").labels(upstream).set_function(lambda: self.used)

    def go_by(self, rules: ConcurrencyRules) -> None:
        """Other bounds from now on; what was found out stays, within them."""
        self.rules = rules
        self.limit = float(min(max(self.limit, rules.least), rules.most))

    def admit(self, method: str) -> None:
        """Raises Refusal ``overloaded`` where there is no room: for reads first, which lose nothing."""
        is_read = method in _READS
        if self.used >= (self.limit * self.rules.reads if is_read else self.limit):
            self._shed["read" if is_read else "write"].inc()
            raise Refusal("overloaded", headers={"Retry-After": "1"})

    def enter(self) -> None:
        """A request is with the service from now on."""
        self.used += 1
        self._most_used = max(self._most_used, self.used)

    def leave(self, route: Route, seconds: float | None) -> None:
        """A request is not with the service any more, and took so long; None where that says nothing."""
        self.used -= 1
        if seconds is None:
            return
        shortest, before = self._shortest.get(route, _INFINITE), self._before.get(route, _INFINITE)
        if seconds < shortest:
            self._shortest[route] = seconds
        shortest = min(shortest, before)
        if shortest == _INFINITE:
            return  # how long it waited is not known
        self._samples += 1
        self._least_wait = min(self._least_wait, seconds - shortest)
        if self._samples >= SAMPLES and self._now() >= self._interval_ends:
            self._adjust()

    def _begin_interval(self) -> None:
        self._samples, self._least_wait, self._most_used = 0, _INFINITE, self.used
        self._interval_ends = self._now() + INTERVAL_SECONDS

    def _adjust(self) -> None:
        rules = self.rules
        if self._least_wait > rules.queue_seconds:
            self.limit = max(rules.least, min(self.limit, self._most_used) * _FEWER)
        elif self._most_used >= self.limit * rules.reads or self.limit < rules.first:
            self.limit = min(rules.most, self.limit * _MORE)
        self._begin_interval()
        if self._now() >= self._forget_at:
            self._before, self._shortest = self._shortest, {}
            self._forget_at = self._now() + REMEMBERED_SECONDS
