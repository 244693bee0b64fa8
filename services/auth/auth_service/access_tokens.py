"""What an access token says of whom it is given to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from chassis.realworld import audience_of

from auth_service.keys.signing import sign_access_token
from auth_service.settings import settings
from auth_service.users.models import User

SCOPES = ("account", "posts", "media")
"""What a token may be used for, in the order in which tokens say it."""


def access_token_sign(  # noqa: PLR0913  named
    user: User,
    *,
    sid: UUID,
    scopes: Collection[str],
    life: timedelta,
    now: datetime,
    realworld: bool = False,
    **also: bool | int,
) -> str:
    """A signed JWT (RFC 9068) for a user; ``sid`` is what it is given for, and may end before it does."""
    issued, audience = int(now.timestamp()), settings().token_audience
    claims = {
        "iss": settings().token_issuer,
        "aud": audience_of(audience) if realworld else audience,
        "sub": str(user.id),
        "sid": str(sid),
        "username": user.username,
        "roles": user.roles,
        "scope": " ".join(scope for scope in SCOPES if scope in scopes),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(life.total_seconds()),
        "jti": str(uuid4()),
    }
    return sign_access_token(claims | also, now=now)
