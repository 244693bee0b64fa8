"""Who calls a view, by the access token."""

from typing import cast

from chassis.tokens import Claims, TokenRefused
from rest_framework.request import Request


def viewer_of(request: Request) -> Claims | None:
    """What the caller's token says; None for a stranger."""
    return cast("Claims | None", request.auth)


def writer_of(request: Request) -> Claims:
    """What the caller's token says; raises TokenRefused (401) for a stranger."""
    claims = viewer_of(request)
    if claims is None:
        raise TokenRefused("token_missing")
    return claims
