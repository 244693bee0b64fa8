"""What all requests and answers of blog have in common."""

from chassis.django.middleware import GetResponse
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from blog_service.cache_headers import KEYS, PRIVATE


def private_by_default(get_response: GetResponse) -> GetResponse:
    """Caches keep nothing but what a view lets them keep, and never for those who come with a token."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", PRIVATE)
        if response.headers["Cache-Control"] == PRIVATE:
            response.headers.pop(KEYS, None)  # of what nobody keeps nothing needs to be forgotten
        patch_vary_headers(response, ["Authorization"])
        return response

    return middleware
