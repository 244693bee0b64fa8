"""Django's own errors: a page for people where pages are, else as everywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from chassis.django import error_views
from django.http import HttpRequest, HttpResponse

from blog_service.pages.answers import error_page

ROOMS = ("/posts", "/authors/", "/tags/")


def _for_people(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(handler)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = handler(request, *args, **kwargs)  # logs what has to be logged, and knows the status
        return error_page(request, told.status_code) if request.path.startswith(ROOMS) else told

    return answer


bad_request = _for_people(error_views.bad_request)
not_found = _for_people(error_views.not_found)
server_error = _for_people(error_views.server_error)
