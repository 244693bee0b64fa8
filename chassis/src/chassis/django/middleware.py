"""The first middleware of a Django service."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from chassis.client_address import TrustedProxies, networks
from chassis.django.problem_responses import answer_problem
from chassis.problems import Problem
from chassis.request_scope import request_scope

GetResponse = Callable[[HttpRequest], HttpResponseBase]
"""What a middleware wraps, and is."""
_WITHOUT_BODY = {204, 304}
_ABOUT_THE_CLIENT = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED")

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What a page of the admin may load: its own files, and nothing that is written into the page (CSP3)."""


def proxy_headers_from_trusted_peers(get_response: GetResponse) -> GetResponse:
    """Middleware: what says whose request it is counts from TRUSTED_PEERS alone; REMOTE_ADDR becomes the client's."""
    proxies = TrustedProxies(networks(settings.SERVICE_SETTINGS.trusted_peers, "TRUSTED_PEERS"))

    def middleware(request: HttpRequest) -> HttpResponseBase:
        peer = request.META.get("REMOTE_ADDR", "")
        if proxies.trusts(peer):
            request.META["REMOTE_ADDR"] = proxies.client(peer, [request.META.get("HTTP_X_FORWARDED_FOR", "")])
        else:
            for name in [name for name in request.META if name.startswith(_ABOUT_THE_CLIENT)]:
                del request.META[name]
        return get_response(request)

    return middleware


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Middleware: every page in HTML says where it loads from, unless its view has said so."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        return response

    return middleware


class RequestContextMiddleware:
    """Gives each request its id, its span, its metrics and its log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method or ""
        with request_scope(method, partial(_header, request)) as scope:
            response = self._refusal(request) or self._get_response(request)
            scope.timer.status = response.status_code
            if request.resolver_match:
                scope.timer.route = f"/{request.resolver_match.route.lstrip('^/')}"
            response["X-Request-ID"] = scope.request_id
            _say_length(response)
            return response

    def _refusal(self, request: HttpRequest) -> HttpResponseBase | None:
        # Django would decode query and form with whatever codec the client names, even one that is none for text
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip('"').lower() in {"utf-8", "utf8"}:
            return None
        return answer_problem(request, Problem(415, "unsupported_media_type", "Only UTF-8 is understood."))


def _header(request: HttpRequest, name: str) -> str | None:
    """One header, without ``request.headers``, which are all made at once and wanted by nobody else."""
    value: str | None = request.META.get(f"HTTP_{name.upper().replace('-', '_')}")
    return value


def _say_length(response: HttpResponseBase) -> None:
    """Else gunicorn sends what is there as a whole in chunks, which costs both sides more."""
    if isinstance(response, HttpResponse) and response.status_code not in _WITHOUT_BODY:
        response.headers.setdefault("Content-Length", str(len(response.content)))
