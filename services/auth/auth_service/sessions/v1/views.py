"""Log-ins in version 1: a pair of tokens in the body."""

import contextlib
from uuid import UUID

from chassis.django.authentication import verifier
from chassis.django.bodies import read
from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, page_of
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.services import wrong_tokens
from auth_service.sessions.access_tokens import source_of
from auth_service.sessions.authentication import current_session_id
from auth_service.sessions.device import device_of
from auth_service.sessions.refreshing import RefreshRefused, session_logout, session_refresh
from auth_service.sessions.selectors import sessions_marked
from auth_service.sessions.services import Grant, session_end_own, session_open
from auth_service.sessions.shapes import SessionShape
from auth_service.sessions.v1.bodies import LoginBody, RefreshBody, VerifyBody
from auth_service.sessions.v1.shapes import SessionPageShape, TokenPairShape
from auth_service.totp.services import account_authenticate
from auth_service.users.caller import caller


class ByCredentials(APIView):
    """The body says who is calling; an access token beside it may well have expired and is not read."""

    authentication_classes = []


class Create(ByCredentials):
    @extend_schema(request=LoginBody, responses={200: TokenPairShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Log in by e-mail or username."""
        now = timezone.now()
        user = account_authenticate(**read(LoginBody, request.data), client=Client.of(request), now=now)
        return _pair(session_open(user, **device_of(request), now=now))


class Refresh(ByCredentials):
    @extend_schema(request=RefreshBody, responses={200: TokenPairShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Exchange a refresh token; the same one again within ten seconds gives the same pair's refresh token."""
        token, now = read(RefreshBody, request.data)["refresh"], timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            return _pair(session_refresh(token, now=now))


class Verify(ByCredentials):
    @extend_schema(request=VerifyBody, responses={200: {"type": "object"}, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Whether an access token is valid and its session goes on."""
        token, now = read(VerifyBody, request.data)["token"], timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            source_of(verifier().verify(token), now=now)
        return Response({})


class Logout(ByCredentials):
    @extend_schema(request=RefreshBody, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the session of a refresh token; 204 also for a token that is none."""
        with contextlib.suppress(RefreshRefused):
            session_logout(read(RefreshBody, request.data)["refresh"], now=timezone.now())
        return Response(status=204)


class Sessions(APIView):
    @extend_schema(parameters=documented(PAGE_NUMBER), responses=SessionPageShape)
    def get(self, request: Request) -> Response:
        """The caller's sessions that are not over, newest first."""
        page = page_of(query_of(request, PAGE_NUMBER))
        sessions = sessions_marked(caller(request).id, current=current_session_id(request), now=timezone.now())
        count = sessions.count()
        page.require(count)
        rows = sessions.values(*SessionShape.columns())[page.start : page.stop]
        return Response(page_body(page, count, [SessionShape.from_row(row) for row in rows]))


class OneSession(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End one of the caller's sessions."""
        session_end_own(caller(request).id, session_id, now=timezone.now())
        return Response(status=204)


def _pair(grant: Grant) -> Response:
    return Response(TokenPairShape(access=grant.access_token, refresh=grant.refresh_token))
