"""Who may use the route: a token where one is needed, with the route's scopes and one of its roles."""

from chassis.tokens import TokenRefused

from gateway_service.exchange import Exchange
from gateway_service.refusals import Refusal


def policy(exchange: Exchange) -> None:
    """Refuse who may not; what may be done to one object is the service's to decide."""
    rule, claims = exchange.rule, exchange.claims
    if rule is None or rule.auth != "required":
        return
    if claims is None:
        raise TokenRefused("token_missing")
    if not rule.scopes <= claims.scope:
        scope = " ".join(sorted(rule.scopes))
        challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise Refusal("scope_missing", f"Needed: {scope}.", headers={"WWW-Authenticate": challenge})
    if rule.roles and not rule.roles & claims.roles:
        raise Refusal("role_missing", f"Needed is one of: {', '.join(sorted(rule.roles))}.")
