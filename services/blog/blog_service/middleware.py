"""What all requests and answers of blog have in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

PUBLIC = "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
PRIVATE = "private, no-store"

Handler = Callable[[HttpRequest], HttpResponseBase]


def kept_as_seen(get_response: Handler) -> Handler:
    """What a stranger reads may be kept for all strangers; what is seen with a token is for the caller alone."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", PUBLIC if _for_strangers(request, response) else PRIVATE)
        patch_vary_headers(response, ["Authorization"])
        return response

    return middleware


def _for_strangers(request: HttpRequest, response: HttpResponseBase) -> bool:
    reads = request.method in {"GET", "HEAD"} and request.path.startswith("/api/")
    return reads and response.status_code in {200, 308} and "Authorization" not in request.headers
