"""One meaning for two spellings of a path."""

from django.http import HttpRequest, HttpResponseBase

from chassis.django.middleware import GetResponse


def trailing_slash_ignored(get_response: GetResponse) -> GetResponse:
    """Middleware: ``/api/v1/posts/`` means the same as without the slash."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/"):
            request.path_info = request.path_info.rstrip("/")
        return get_response(request)

    return middleware
