"""Log-ins by cookie, for pages in browsers: scripts never see the refresh token, and other sites cannot use it.

The cookie is sent by the browser whoever makes it ask. So the page must be one of ours, by what the browser says of it
(Origin, Fetch Metadata), and must know the session's CSRF token, which no page of another origin can read.
"""

import base64
import hmac
from functools import cache
from uuid import UUID

from chassis.problems import Problem
from django.http import HttpResponse
from rest_framework.request import Request

from auth_service.sessions.refresh_tokens import RefreshToken
from auth_service.sessions.refreshing import RefreshRefused
from auth_service.settings import settings

REFRESH, CSRF = "__Host-refresh", "__Host-csrf"
"""Browsers take cookies of such names from this host alone, by TLS or loopback, and for all of its paths."""
CSRF_HEADER = "X-CSRF-Token"


class CsrfFailed(Problem):
    """403: what came along with a cookie does not show that a page of ours has sent it."""

    def __init__(self, detail: str) -> None:
        super().__init__(403, "csrf_failed", detail)


def csrf_token(session_id: UUID) -> str:
    """A token that stays all of a session's life, unless AUTH_SECRET_KEY changes."""
    return _tokens(session_id)[0]


def _tokens(session_id: UUID) -> list[str]:
    """The CSRF token, and the one that it was under the former secret."""
    digests = [hmac.digest(key, session_id.bytes, "sha256") for key in _keys()]
    return [base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests]


def own_page_require(request: Request) -> None:
    """Let through requests of our own front ends, and of what is no browser; raises CsrfFailed."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is None:
        if site not in {None, "same-origin"}:
            raise CsrfFailed("The browser does not say which page has sent this.")
    elif origin != settings().public_origin and origin not in settings().pages_with_cookies:
        raise CsrfFailed("Pages of this origin may not log in by cookie; see COOKIE_ORIGINS.")
    if site == "cross-site":
        raise CsrfFailed("The page is on another site than the API; cookies are for pages of the same one.")


def refresh_token_of(request: Request) -> str | None:
    """The refresh token of the request's cookie, None without one.

    Raises CsrfFailed where no page of ours has sent it, and RefreshRefused where it is no token.
    """
    text = request.COOKIES.get(REFRESH)
    if text is None:
        return None
    own_page_require(request)
    token = RefreshToken.parse(text)
    if token is None:
        raise RefreshRefused("refresh_token_invalid", "The cookie holds no refresh token of ours.")
    given = request.headers.get(CSRF_HEADER, "").encode()
    if not any(hmac.compare_digest(given, good.encode()) for good in _tokens(token.session_id)):
        raise CsrfFailed(f"{CSRF_HEADER} is not the CSRF token of the session.")
    return text


def cookies_give(response: HttpResponse, refresh_token: str, session_id: UUID) -> None:
    """Have the browser keep both; the CSRF token is for scripts to read."""
    life = settings().session_life
    response.set_cookie(REFRESH, refresh_token, max_age=life, secure=True, httponly=True, samesite="Strict")
    response.set_cookie(CSRF, csrf_token(session_id), max_age=life, secure=True, samesite="Strict")


def cookies_take(request: Request, response: HttpResponse) -> None:
    """Have the browser forget them, if it has any."""
    for name in (REFRESH, CSRF):
        if name in request.COOKIES:
            response.set_cookie(name, "", max_age=0, secure=True, httponly=name == REFRESH, samesite="Strict")


@cache
def _keys() -> list[bytes]:
    secrets = filter(None, (settings().secret_key, settings().secret_key_fallback))
    return [hmac.digest(secret.encode(), b"broadsheet auth csrf tokens", "sha256") for secret in secrets]
