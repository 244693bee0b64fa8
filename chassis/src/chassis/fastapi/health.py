"""``livez``, ``readyz`` and ``metrics`` of a FastAPI service; never routed to by the gateway."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse

from chassis import metrics
from chassis.health import Health


def health_router(health: Health) -> APIRouter:
    """The routes of a process whose readiness ``health`` knows."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def livez() -> JSONResponse:
        status, body = health.livez()
        return JSONResponse(body, status)

    @router.get("/readyz")
    def readyz() -> JSONResponse:  # in a thread: its checks may wait for a database
        status, body = health.readyz()
        return JSONResponse(body, status)

    @router.get("/metrics")
    def prometheus(accept: Annotated[str, Header()] = "") -> Response:
        page, content_type = metrics.render(accept)
        return Response(page, headers={"Content-Type": content_type})

    return router
