"""What ``contracts/access.yaml`` says, for the routers of a service's public API."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.access import listed
from chassis.fastapi.authentication import verified_claims
from chassis.tokens import Claims


async def enforce_access_table(request: Request, claims: Annotated[Claims | None, Depends(verified_claims)]) -> None:
    """Who may is in the table; what is not listed is refused. Give it as a dependency of the router."""
    access = listed(request.method, request.scope["route"].path)
    access.require(claims)
    request.app.state.revocations.require_current(access, claims)
