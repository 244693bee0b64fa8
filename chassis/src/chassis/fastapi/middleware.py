"""The first middleware of a FastAPI service."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.request_scope import request_scope


class RequestContextMiddleware:
    """Gives each request its id, its span, its metrics and its log line. Pure ASGI, so streams pass unbuffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        with request_scope(scope["method"], headers.get) as request:
            started = False

            async def send_with_headers(message: Message) -> None:
                nonlocal started
                if message["type"] == "http.response.start":
                    started = True
                    request.timer.status = message["status"]
                    added = MutableHeaders(scope=message)
                    added["X-Request-ID"] = request.request_id
                    added["X-Content-Type-Options"] = "nosniff"
                await send(message)

            try:
                await self._app(scope, receive, send_with_headers)
            except Exception as error:
                if started:
                    raise
                answer_defect = scope["app"].exception_handlers[Exception]  # Starlette's own runs outside of this
                answer = await answer_defect(Request(scope), error)
                await answer(scope, receive, send_with_headers)
            finally:
                if route := scope.get("route"):
                    request.timer.route = route.path
