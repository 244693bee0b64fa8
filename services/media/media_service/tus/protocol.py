"""What holds for every request of tus 1.0: the version is said both ways, and the method is the request's own."""

from collections.abc import Callable, Coroutine
from typing import Any

from chassis.problems import Problem
from fastapi import Request, Response
from fastapi.routing import APIRoute

from media_service.tus.headers import VERSION

_OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")
_RESUMABLE = {"Tus-Resumable": VERSION}


class TusRoute(APIRoute):
    """A route whose answers all say the version, refusals as well."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Problem as problem:
                problem.headers |= _RESUMABLE
                raise
            response.headers.update(_RESUMABLE)
            return response

        return answer


def require_version(request: Request) -> None:
    """Raises Problem 412 for another version, and 400 for a request that asks to be taken for another method's.

    Who may what was decided by the method that came.
    """
    if any(name in request.headers for name in _OVERRIDES):
        raise Problem(400, "method_override_refused", "Send the method itself.")
    if request.headers.get("tus-resumable") != VERSION:
        detail = f"Only tus {VERSION} is spoken here; say so in Tus-Resumable."
        raise Problem(412, "tus_version", detail, headers={"Tus-Version": VERSION})
