"""What ``contracts/access.yaml`` says, for the routers of a service's public API."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.access import listed
from chassis.fastapi.authentication import verified_claims
from chassis.fastapi.lists import declared
from chassis.lists import require_known
from chassis.tokens import Claims


async def enforce_access_table(request: Request, claims: Annotated[Claims | None, Depends(verified_claims)]) -> None:
    """Who may is in the table; what is not listed is refused, and so is a query that a GET of the API has not.

    Give it as a dependency of the router.
    """
    route = request.scope["route"]
    access = listed(request.method, route.path)
    access.require(claims)
    request.app.state.revocations.require_current(access, claims)
    if request.url.query and request.method in {"GET", "HEAD"} and route.path.startswith("/api/"):
        require_known(request.query_params, declared(route))
