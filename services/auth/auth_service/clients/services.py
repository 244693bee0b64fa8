"""Giving tokens to services (RFC 6749, 4.4)."""

from datetime import datetime
from uuid import uuid4

from chassis.access import table
from chassis.problems import Problem
from chassis.service_credentials import ServiceToken

from auth_service.keys.signing import sign_service_token
from auth_service.settings import settings

LIFE_SECONDS = 600


def service_token_issue(client: str, audience: str, *, now: datetime) -> ServiceToken:
    """A token with which a service may ask one other; raises Problem (400) ``invalid_target`` (RFC 8707, 2)."""
    if audience not in table().internal or not table().may_call(client, audience):
        raise Problem(400, "invalid_target", f"{client} has nothing to ask {audience[:40]!r}.")
    issued = int(now.timestamp())
    claims = {
        "iss": settings().token_issuer,
        "aud": audience,
        "sub": client,
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFE_SECONDS,
        "jti": str(uuid4()),
    }
    return ServiceToken(sign_service_token(claims, now=now), LIFE_SECONDS)
