"""What every answer of auth has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


def unkept_unless_said(get_response: Handler) -> Handler:
    """Tokens and accounts are for one caller and for now; a view that answers all alike says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def trailing_slash_ignored(get_response: Handler) -> Handler:
    """``/api/v1/auth/users/`` means the same as without the slash."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/"):
            request.path_info = request.path_info.rstrip("/")
        return get_response(request)

    return middleware
