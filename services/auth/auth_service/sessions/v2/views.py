"""Log-ins in version 2: a session is a resource."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Keyset, cursor_page
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.sessions.authentication import current_session_id
from auth_service.sessions.device import device_of
from auth_service.sessions.refreshing import session_refresh
from auth_service.sessions.selectors import sessions_list
from auth_service.sessions.services import Grant, session_end_own, session_open
from auth_service.sessions.v2.serializers import GrantSerializer, SessionBody, SessionPage, SessionRefreshBody
from auth_service.settings import settings
from auth_service.users.caller import caller
from auth_service.users.services import user_authenticate

NEWEST_FIRST: Keyset = {"-id": UUID}


class Sessions(APIView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        # a log-in is by password, and the token of an earlier one must not stop it
        return [] if self.request and self.request.method == "POST" else super().get_authenticators()

    @extend_schema(request=SessionBody, responses={201: GrantSerializer})
    def post(self, request: Request) -> Response:
        """Log in by e-mail or username."""
        body = read(SessionBody, request.data)
        user = user_authenticate(login=body["login"], password=body["password"])
        return _granted(session_open(user, **device_of(request), now=timezone.now()), status=201)

    @extend_schema(parameters=documented(CURSOR), responses=SessionPage)
    def get(self, request: Request) -> Response:
        """The caller's sessions that are not over, newest first."""
        page = cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        found = list(rows_on(page, sessions_list(caller(request).id, now=timezone.now())))
        sessions, next_cursor = page.split(found, lambda session: (session.id,))
        shown = {"items": sessions, "next_cursor": next_cursor}
        return Response(SessionPage(shown, context={"current": current_session_id(request)}).data)


class Refresh(APIView):
    authentication_classes = []

    @extend_schema(request=SessionRefreshBody, responses=GrantSerializer)
    def post(self, request: Request) -> Response:
        """Exchange a refresh token; the same one again within ten seconds gives the same successor."""
        return _granted(session_refresh(read(SessionRefreshBody, request.data)["refresh_token"], now=timezone.now()))


class CurrentSession(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out: end the session of the access token."""
        session_end_own(caller(request).id, current_session_id(request), now=timezone.now())
        return Response(status=204)


class OneSession(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End one of the caller's sessions."""
        session_end_own(caller(request).id, session_id, now=timezone.now())
        return Response(status=204)


def _granted(grant: Grant, *, status: int = 200) -> Response:
    shown = {
        "id": grant.session.id,
        "access_token": grant.access_token,
        "expires_in": settings().access_token_seconds,
        "refresh_token": grant.refresh_token,
        "user": grant.session.user,
    }
    return Response(GrantSerializer(shown).data, status=status)
