"""One meaning for two spellings of a path."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


def trailing_slash_ignored(get_response: Handler) -> Handler:
    """Middleware: ``/api/v1/posts/`` means the same as without the slash."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/"):
            request.path_info = request.path_info.rstrip("/")
        return get_response(request)

    return middleware
