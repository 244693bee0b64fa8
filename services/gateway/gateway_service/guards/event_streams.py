"""Streams of events (server-sent events, HTML 9.2): not too many of one caller, and none outlives its token."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from chassis.metrics import gauge
from chassis.revocations import RevokedTokens
from chassis.tokens import Claims, TokenRefused

from gateway_service.chain.link import Forwarding
from gateway_service.exchange import Exchange
from gateway_service.guard_rules import EventStreamRules
from gateway_service.messages import Between, Give, Response, Source
from gateway_service.rates.chosen import whose_address
from gateway_service.refusals import Refusal

LOOK_SECONDS = 1.0
"""How often it is looked whether tokens still live."""


class EventStreams:
    """A Forwarding that knows the streams which are open."""

    def __init__(
        self, forward: Forwarding, rules: EventStreamRules, revoked: RevokedTokens, now: Callable[[], float] = time.time
    ) -> None:
        self.rules = rules
        self._forward = forward
        self._revoked = revoked
        self._now = now
        self._open: dict[EventStream, None] = {}
        self._of_caller: Counter[str] = Counter()
        self._looking: asyncio.TimerHandle | None = None
        gauge("gateway_event_streams").set_function(lambda: len(self._open))

    def __call__(self, exchange: Exchange, give: Give) -> None:
        self._forward(exchange, partial(self._pass, exchange, give))

    def _pass(self, exchange: Exchange, give: Give, outcome: Response | Exception) -> None:
        try:
            if isinstance(outcome, Response) and not isinstance(outcome.body, bytes) and _is_event_stream(outcome):
                outcome.body = self._begin(exchange, outcome.body)
        except Refusal as refusal:
            outcome = refusal
        give(outcome)

    def _begin(self, exchange: Exchange, source: Source) -> "EventStream":
        caller = str(exchange.claims.sub) if exchange.claims else whose_address(exchange.client)
        if self._of_caller[caller] >= self.rules.per_caller:
            source.cancel()
            raise Refusal("streams_full", f"At most {self.rules.per_caller} at one time.", headers={"Retry-After": "5"})
        stream = EventStream(self, caller, exchange.claims, source)
        exchange.cancel = stream.cancel
        self._open[stream] = None
        self._of_caller[caller] += 1
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)
        return stream

    def forget(self, stream: "EventStream") -> None:
        """Take note that a stream has ended."""
        if stream in self._open:
            del self._open[stream]
            self._of_caller[stream.caller] -= 1
            if not self._of_caller[stream.caller]:
                del self._of_caller[stream.caller]

    def _look(self) -> None:
        for stream in list(self._open):
            if stream.claims and not self._lives(stream.claims):
                stream.end()
        self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look) if self._open else None

    def _lives(self, claims: Claims) -> bool:
        with suppress(TokenRefused):
            self._revoked.require_live(claims)
            return self._now() < claims.exp
        return False


class EventStream(Between):
    """Can end before the service does."""

    def __init__(self, streams: EventStreams, caller: str, claims: Claims | None, source: Source) -> None:
        super().__init__(source)
        self._streams = streams
        self.caller = caller
        self.claims = claims

    def end(self) -> None:
        """End it as a whole, so that the client comes again at once, with another token."""
        self.cancel()
        super().part(b"", last=True)

    def cancel(self) -> None:
        self._streams.forget(self)
        super().cancel()

    def part(self, data: bytes, *, last: bool) -> None:
        if last:
            self._streams.forget(self)
        super().part(data, last=last)

    def broken(self, error: Exception) -> None:
        self._streams.forget(self)
        super().broken(error)


def _is_event_stream(response: Response) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in response.headers)
