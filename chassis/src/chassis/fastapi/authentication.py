"""The caller of a FastAPI route, from the access token.

The app keeps its Verifier in ``app.state.verifier`` and its RevocationFeed in ``app.state.revocations``.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from chassis.logging import bind_user
from chassis.tokens import Claims, TokenRefused, bearer

_documented = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token of auth.")


async def verified_claims(request: Request) -> Claims | None:
    """The claims of the token, None without one; an invalid token is refused, never anonymous."""
    return await claims_shown(request, "authorization")


async def claims_shown(request: Request, header: str) -> Claims | None:
    """The claims of the token in a header, as ``verified_claims``."""
    token = bearer(request.headers.get(header))
    if token is None:
        return None
    # in a thread: a key that is not known yet is fetched
    claims: Claims = await run_in_threadpool(request.app.state.verifier.verify, token)
    request.app.state.revocations.tokens.require_live(claims)
    bind_user(claims.sub)
    return claims


async def optional_caller(
    claims: Annotated[Claims | None, Depends(verified_claims)], _scheme: Annotated[object, Depends(_documented)]
) -> Claims | None:
    """The claims of the token, None without one, in the documentation too."""
    return claims


async def caller(claims: Annotated[Claims | None, Depends(optional_caller)]) -> Claims:
    """The claims of the token; raises TokenRefused (401) without one."""
    if claims is None:
        raise TokenRefused("token_missing")
    return claims


Caller = Annotated[Claims, Depends(caller)]
