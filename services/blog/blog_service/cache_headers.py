"""How long caches may keep an answer: not at all, unless its view says so."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PUBLIC = "public, max-age=0, s-maxage=60, stale-while-revalidate=30"
PRIVATE = "private, no-store"


class PubliclyCachedView(APIView):
    """A view whose answers to strangers may be kept for all strangers: they hold nothing of who asks."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and answer.status_code in {200, 308} and _is_stranger(request):
            answer.headers.setdefault("Cache-Control", PUBLIC)
        return answer


def _is_stranger(request: Request) -> bool:
    return not (request.headers.get("Authorization") or request.headers.get("Cookie"))
