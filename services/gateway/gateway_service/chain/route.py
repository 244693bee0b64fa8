"""Finds the route of the path. What is not listed is refused."""

from gateway_service.exchange import Exchange
from gateway_service.messages import Response
from gateway_service.refusals import Refusal
from gateway_service.routing import RouteTable


class RouteCheck:
    """Sets the target and its rule; answers a plain OPTIONS by itself."""

    def __init__(self, table: RouteTable) -> None:
        self._table = table

    def __call__(self, exchange: Exchange) -> Response | None:
        target = self._table.find(exchange.path)
        if target is None:
            raise Refusal("route_unknown")
        exchange.target, exchange.template = target, target.template
        exchange.rule = target.rules.get(exchange.method)
        if exchange.rule is not None:
            return None
        if exchange.method == "OPTIONS":
            return Response(204, headers=target.options)
        raise Refusal("method_not_allowed", f"Here work: {target.allow}.", headers={"Allow": target.allow})
