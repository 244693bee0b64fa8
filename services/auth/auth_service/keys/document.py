"""The key set as it is published: read by every verifier there is, and the same for all."""

from datetime import datetime

from chassis.django.middleware import GetResponse
from chassis.django.renderers import encode
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch
from django.utils import timezone
from django.utils.cache import set_response_etag

from auth_service.keys.kept import Kept
from auth_service.keys.selectors import jwks
from auth_service.keys.services import signing_key_ensure

ROUTE = ".well-known/jwks.json"
_PATH = f"/{ROUTE}"
_ASKS_MORE = {"HTTP_IF_NONE_MATCH", "HTTP_CACHE_CONTROL"}
_HEADERS = {
    "Allow": "GET, HEAD, OPTIONS",
    "Cache-Control": "public, max-age=60",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""With those that the view and the middleware behind this one give any answer, so that all are the same."""


def _make(now: datetime) -> tuple[bytes, dict[str, str]]:
    published = jwks(now=now)
    if not published["keys"]:
        signing_key_ensure(now=now)
        published = jwks(now=now)
    body = encode(published)
    return body, _HEADERS | {"ETag": set_response_etag(HttpResponse(body))["ETag"]}


document = Kept(_make)
"""The JWKS (RFC 7517) as JSON, and the headers it goes with."""


def answer(body: bytes, headers: dict[str, str]) -> HttpResponse:
    """What a client gets; it may keep it for a minute."""
    return HttpResponse(body, content_type="application/json", headers=headers)


def keys_first(get_response: GetResponse) -> GetResponse:
    """Middleware: while the key set is kept, who asks for it is spared the database, and those behind this one.

    Not so conditional requests, which those answer, and whoever wants it as it is now (``no-cache``).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        plainly = request.path_info == _PATH and request.method == "GET" and not _ASKS_MORE & request.META.keys()
        kept = document.peek(now=timezone.now()) if plainly else None
        if kept is None:
            return get_response(request)
        request.resolver_match = _MATCH
        return answer(*kept)

    return middleware


_MATCH = ResolverMatch(answer, (), {}, route=ROUTE)
