"""Who may use the route: a token where one is needed, with the scopes and one of the roles that are asked for."""

from chassis.access import Access
from chassis.metrics import counter
from chassis.problems import Problem
from chassis.revocations import Revocations

from gateway_service.exchange import Exchange


class PolicyCheck:
    """Refuses who may not, as the service would; what may be done to one object is the service's to decide."""

    def __init__(self, revocations: Revocations) -> None:
        self._revocations = revocations

    def __call__(self, exchange: Exchange) -> None:
        rule = exchange.rule
        if rule is not None:
            for access in rule.required:
                access.require(exchange.claims)
                self._revocations.require_current(access, exchange.claims)
            if rule.shadow:
                _try_out(exchange, rule.shadow)


def _try_out(exchange: Exchange, access: Access) -> None:
    """Count whom it would refuse."""
    try:
        access.require(exchange.claims)
    except Problem as problem:
        counter("gateway_shadow_refusals_total").labels(problem.code, exchange.template).inc()
