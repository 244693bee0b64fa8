"""Behind the last link: passes the request on to its service and the response back, streaming both ways."""

from collections.abc import Mapping

from gateway_service.exchange import Exchange
from gateway_service.messages import Give
from gateway_service.upstreams.body import Budget, RequestBody
from gateway_service.upstreams.deadlines import Deadlines
from gateway_service.upstreams.transfer import Transfer
from gateway_service.upstreams.upstream import Upstream


class Forward:
    """Forwards to the service that the route names."""

    def __init__(self, upstreams: Mapping[str, Upstream], bodies_bytes: int) -> None:
        self._upstreams = upstreams
        self.budget = Budget(bodies_bytes)
        self._deadlines = Deadlines()

    def __call__(self, exchange: Exchange, give: Give) -> None:
        assert exchange.target is not None
        assert exchange.rule is not None
        limits = exchange.rule.limits
        body = None if exchange.turn.empty else RequestBody(exchange, limits, self.budget)
        upstream = self._upstreams[exchange.target.upstream]
        transfer = Transfer(exchange, limits, upstream, self._deadlines, give)
        if body is None or body.is_at_hand:
            transfer.send_at_once(body)
        else:
            transfer.send_when_here(body)
