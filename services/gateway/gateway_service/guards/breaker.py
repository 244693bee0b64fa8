"""Leaves a service alone that has stopped to answer, and tells its clients so at once (Nygard, Release It!, 2007)."""

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic

from chassis.logging import get_logger
from chassis.metrics import counter, gauge

from gateway_service.chain.link import Forwarding
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import BreakerRules
from gateway_service.messages import Give, Response
from gateway_service.refusals import Refusal

_NO_ANSWER = frozenset({"upstream_unreachable", "upstream_timeout", "upstream_invalid"})
"""What a service is blamed for. An error that it tells of itself is an answer."""
log = get_logger()


class Breaker:
    """A service's breaker. Closed it counts, open it refuses, and after a while one request, the probe, finds out.

    A window begins with a failure, so that those who succeed need no clock.
    """

    def __init__(self, upstream: str, rules: BreakerRules, now: Callable[[], float] = monotonic) -> None:
        self.rules = rules
        self._upstream = upstream
        self._now = now
        self._requests = self._failures = 0
        self._window_ends = 0.0
        self._open_until = 0.0
        self._probe: Attempt | None = None
        self._opened = counter("gateway_circuit_opened_total").labels(upstream)
        gauge("gateway_circuit_open").labels(upstream).set_function(lambda: bool(self._open_until))

    @property
    def is_closed(self) -> bool:
        return not self._open_until

    def given(self, give: Give, outcome: Response | Exception) -> None:
        """How a request ended that was let through while it was closed, and is no probe."""
        if isinstance(outcome, Response):
            self._requests += 1
        elif getattr(outcome, "code", "") in _NO_ANSWER:
            self.failed(None)
        give(outcome)

    def admit(self, attempt: "Attempt") -> None:
        """Let a request through; raises Refusal ``circuit_open``."""
        if not self._open_until:
            return
        left = self._open_until - self._now()
        if left > 0 or self._probe:
            raise Refusal("circuit_open", headers={"Retry-After": str(max(1, -int(-left // 1)))})
        self._probe = attempt

    def answered(self, attempt: "Attempt") -> None:
        self._requests += 1
        if attempt is self._probe:
            self._probe, self._open_until, self._window_ends = None, 0.0, 0.0
            log.info("circuit closed", upstream=self._upstream)

    def failed(self, attempt: "Attempt | None") -> None:
        now, rules = self._now(), self.rules
        if self._open_until:
            if attempt and attempt is self._probe:
                self._probe, self._open_until = None, now + rules.open_seconds
            return
        if now >= self._window_ends:
            self._requests = self._failures = 0
            self._window_ends = now + rules.window_seconds
        self._requests += 1
        self._failures += 1
        if self._requests >= rules.requests and self._failures >= self._requests * rules.failures:
            self._open_until = now + rules.open_seconds
            self._opened.inc()
            log.error("circuit opened", upstream=self._upstream, failures=self._failures, requests=self._requests)

    def left(self, attempt: "Attempt") -> None:
        """Nobody waits for it any more: it says nothing, and another may be the probe."""
        if attempt is self._probe:
            self._probe = None


class Attempt:
    """One request that may be the probe, until it is known how it ended.

    Meanwhile it stands between the exchange and what cancels it, and no longer: they would keep each other until the
    next collection of garbage, which costs a fifth of a request.
    """

    __slots__ = ("_breaker", "_cancel", "_exchange", "_give", "_settled")

    def __init__(self, breaker: Breaker, exchange: Exchange, give: Give) -> None:
        self._breaker = breaker
        self._exchange = exchange
        self._give = give
        self._settled = False
        self._cancel: Callable[[], object] | None = None

    def begin(self, forward: Forwarding) -> None:
        exchange = self._exchange
        self._breaker.admit(self)
        try:
            forward(exchange, self.give)
        except Exception as error:  # noqa: BLE001  it is given to who waits
            self.give(error)
        if not self._settled:
            self._cancel, exchange.cancel = exchange.cancel, self.cancel

    def give(self, outcome: Response | Exception) -> None:
        self._settled = True
        if self._cancel:
            self._exchange.cancel, self._cancel = self._cancel, None
        if isinstance(outcome, Response):
            self._breaker.answered(self)
        elif getattr(outcome, "code", "") in _NO_ANSWER:
            self._breaker.failed(self)
        else:
            self._breaker.left(self)
        self._give(outcome)

    def cancel(self) -> None:
        """Nobody waits any more."""
        self._breaker.left(self)
        cancel, self._cancel = self._cancel, None
        if cancel:
            cancel()


class Breaking:
    """A Forwarding with a breaker for each service."""

    def __init__(self, forward: Forwarding, breakers: Mapping[str, Breaker]) -> None:
        self._forward = forward
        self._breakers = breakers

    def __call__(self, exchange: Exchange, give: Give) -> None:
        assert exchange.target is not None
        breaker = self._breakers[exchange.target.upstream]
        if breaker.is_closed:
            self._forward(exchange, partial(breaker.given, give))
        else:
            Attempt(breaker, exchange, give).begin(self._forward)
