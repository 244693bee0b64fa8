"""What every answer of auth has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


def no_store_by_default(get_response: Handler) -> Handler:
    """Tokens and accounts are for one caller and for now; a view that answers all alike says so itself."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
