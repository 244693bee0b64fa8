"""Django's middleware that the admin alone needs: who is logged in there by a cookie, and what the last page said."""

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class _OfAdmin(MiddlewareMixin):
    """Who asks for anything else passes by."""

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if request.path_info.startswith("/admin/") else self.get_response(request)


class SessionMiddleware(_OfAdmin, sessions.SessionMiddleware):
    """``request.session``."""


class AuthenticationMiddleware(_OfAdmin, auth.AuthenticationMiddleware):
    """``request.user``."""


class MessageMiddleware(_OfAdmin, messages.MessageMiddleware):
    """What ``messages`` keeps for the next page."""
