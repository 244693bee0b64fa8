"""Log-ins in version 2: a session is a resource."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Keyset, cursor_page
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import UNSET
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.clients import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.limits import of_token
from auth_service.brakes.services import wrong_tokens
from auth_service.sessions.authentication import current_session_id
from auth_service.sessions.device import device_of
from auth_service.sessions.refreshing import session_refresh
from auth_service.sessions.selectors import sessions_marked
from auth_service.sessions.services import Grant, session_end_own, session_open
from auth_service.sessions.shapes import SessionShape
from auth_service.sessions.v2.bodies import SessionBody, SessionRefreshBody
from auth_service.sessions.v2.shapes import GrantShape, SessionsV2Shape
from auth_service.settings import settings
from auth_service.totp.services import account_authenticate
from auth_service.users.caller import caller
from auth_service.users.shapes import MeV2Shape

NEWEST_FIRST: Keyset = {"-id": UUID}


class Sessions(APIView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        # a log-in is by password, and the token of an earlier one must not stop it
        return [] if self.request and self.request.method == "POST" else super().get_authenticators()

    @extend_schema(request=SessionBody, responses={201: GrantShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Log in by e-mail or username."""
        body = read(SessionBody, request.data)
        now = timezone.now()
        user = account_authenticate(
            login=body["login"],
            password=body["password"],
            totp=body.get("totp"),
            client=Client.of(request),
            now=now,
        )
        return _granted(session_open(user, **device_of(request), now=now), status=201)

    @extend_schema(parameters=documented(CURSOR), responses=SessionsV2Shape)
    def get(self, request: Request) -> Response:
        """The caller's sessions that are not over, newest first."""
        page = cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        sessions = sessions_marked(caller(request).id, current=current_session_id(request), now=timezone.now())
        found = list(rows_on(page, sessions.values(*SessionShape.columns())))
        rows, next_cursor = page.split(found, lambda row: (row["id"],))
        return Response(SessionsV2Shape(items=[SessionShape.from_row(row) for row in rows], next_cursor=next_cursor))


class Refresh(APIView):
    authentication_classes = []

    @extend_schema(request=SessionRefreshBody, responses={200: GrantShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Exchange a refresh token; the same one again within ten seconds gives the same successor."""
        token, now = read(SessionRefreshBody, request.data)["refresh_token"], timezone.now()
        with wrong_tokens(of_token(Client.of(request)), now=now):
            return _granted(session_refresh(token, now=now))


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
    shown = GrantShape(
        id=grant.session.id,
        access_token=grant.access_token,
        expires_in=settings().access_token_seconds,
        refresh_token=grant.refresh_token,
        user=MeV2Shape.from_instance(grant.session.user),
        deletion_cancelled=grant.deletion_cancelled or UNSET,
    )
    return Response(shown, status=status)
