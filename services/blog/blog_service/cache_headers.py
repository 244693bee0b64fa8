"""How long caches may keep an answer: not at all, unless its view says so."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PUBLIC = "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
PRIVATE = "private, no-store"


KEYS = "Surrogate-Key"
"""By what caches forget an answer: ids of posts, authors and pictures, and ALL_POSTS for a list of them."""
ALL_POSTS = "posts"


class PubliclyCachedView(APIView):
    """A view whose answers to strangers may be kept for all strangers: they hold nothing of who asks."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        keep_if_public(request, answer)
        return answer


def keep_if_public(request: Request | HttpRequest, answer: HttpResponseBase) -> None:
    """Let caches keep an answer to a stranger."""
    if request.method in {"GET", "HEAD"} and answer.status_code in {200, 308} and _is_stranger(request):
        answer.headers.setdefault("Cache-Control", PUBLIC)


def _is_stranger(request: Request | HttpRequest) -> bool:
    return not (request.headers.get("Authorization") or request.headers.get("Cookie"))
