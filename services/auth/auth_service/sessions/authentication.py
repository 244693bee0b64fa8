"""Whose token it is that comes with a request to auth's own endpoints."""

from uuid import UUID

from chassis.django.authentication import BearerAuthentication, RealWorldAuthentication
from chassis.tokens import Claims
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from auth_service.audit.origin import act_in
from auth_service.sessions.access_tokens import source_of
from auth_service.users.models import User


class SessionAuthentication(BaseAuthentication):
    """``request.user`` is the User of a token whose session goes on: where sessions live, a log-out counts at once.

    So does the deletion of a personal token.
    """

    tokens: type[BearerAuthentication] = BearerAuthentication

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        caller = self.tokens().authenticate(request)
        if caller is None:
            return None
        _, claims = caller
        source = source_of(claims, now=timezone.now())
        act_in(source.id)
        return source.user, claims

    def authenticate_header(self, _request: Request) -> str:
        return self.tokens.scheme


class RealWorldSessionAuthentication(SessionAuthentication):
    """Authenticate by a token of RealWorld's dialect."""

    tokens = RealWorldAuthentication


def current_session_id(request: Request) -> UUID:
    """The session of the access token, in a view that needs one."""
    assert isinstance(request.auth, Claims)
    return request.auth.sid
