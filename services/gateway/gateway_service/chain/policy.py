"""Who may use the route: a token where one is needed, with the scopes and one of the roles that are asked for."""

from gateway_service.exchange import Exchange


def policy(exchange: Exchange) -> None:
    """Refuse who may not, as the service would; what may be done to one object is the service's to decide."""
    if exchange.rule is not None:
        for access in exchange.rule.access:
            access.require(exchange.claims)
