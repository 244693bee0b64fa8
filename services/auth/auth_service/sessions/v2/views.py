"""Log-ins in version 2: a session is a resource."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Keyset, cursor_page
from chassis.tokens import TokenRefused
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from msgspec import UNSET
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.services import wrong_tokens
from auth_service.sessions.authentication import current_session_id
from auth_service.sessions.cookies import (
    CSRF_HEADER,
    cookies_give,
    cookies_take,
    csrf_token,
    own_page_require,
    refresh_token_of,
)
from auth_service.sessions.device import device_of
from auth_service.sessions.refreshing import session_logout, session_refresh
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
CSRF_TOKEN = OpenApiParameter(
    CSRF_HEADER, str, OpenApiParameter.HEADER, description="The session's CSRF token; needed with its cookie."
)
CSRF_FAILED = OpenApiResponse(description="`csrf_failed`: a page of another origin, or not the session's CSRF token.")


class Sessions(APIView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        # a log-in is by password, and the token of an earlier one must not stop it
        return [] if self.request and self.request.method == "POST" else super().get_authenticators()

    @extend_schema(request=SessionBody, responses={201: GrantShape, 403: CSRF_FAILED, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Log in by e-mail or username; with the mode `cookie` the refresh token goes into `__Host-refresh`."""
        body = read(SessionBody, request.data)
        now, by_cookie = timezone.now(), body["mode"] == "cookie"
        if by_cookie:
            own_page_require(request)  # nor may another site log a visitor in, into an account of its own
        user = account_authenticate(
            login=body["login"],
            password=body["password"],
            totp=body.get("totp"),
            client=Client.of(request),
            now=now,
        )
        return _granted(session_open(user, **device_of(request), by_cookie=by_cookie, now=now), status=201)

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

    @extend_schema(
        parameters=[CSRF_TOKEN],
        request=SessionRefreshBody,
        responses={200: GrantShape, 403: CSRF_FAILED, 429: HELD_BACK},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token, of the body or else of the cookie; within ten seconds again for the same one."""
        now, in_body = timezone.now(), read(SessionRefreshBody, request.data).get("refresh_token")
        with wrong_tokens(Client.of(request), now=now):
            token = in_body or refresh_token_of(request)
            if token is None:
                raise TokenRefused("token_missing", "A refresh token is needed, in the body or in its cookie.")
            return _granted(session_refresh(token, by_cookie=in_body is None, now=now))


class CurrentSession(APIView):
    @extend_schema(parameters=[CSRF_TOKEN], responses={204: None, 403: CSRF_FAILED})
    def delete(self, request: Request) -> Response:
        """Log out: end the session of the access token, or without one that of the cookie."""
        if request.auth:
            session_end_own(caller(request).id, current_session_id(request), now=timezone.now())
        elif token := refresh_token_of(request):
            session_logout(token, now=timezone.now())
        else:
            raise TokenRefused("token_missing")
        response = Response(status=204)
        cookies_take(request, response)
        return response


class OneSession(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End one of the caller's sessions."""
        session_end_own(caller(request).id, session_id, now=timezone.now())
        return Response(status=204)


def _granted(grant: Grant, *, status: int = 200) -> Response:
    by_cookie, session_id = grant.session.by_cookie, grant.session.id
    shown = GrantShape(
        id=grant.session.id,
        access_token=grant.access_token,
        expires_in=settings().access_token_seconds,
        refresh_token=UNSET if by_cookie else grant.refresh_token,
        csrf_token=csrf_token(session_id) if by_cookie else UNSET,
        user=MeV2Shape.from_instance(grant.session.user),
        deletion_cancelled=grant.deletion_cancelled or UNSET,
    )
    response = Response(shown, status=status)
    if by_cookie:
        cookies_give(response, grant.refresh_token, session_id)
    return response
