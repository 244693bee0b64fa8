"""Usernames in version 1."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.limits import AttemptKind, of_mail
from auth_service.brakes.services import attempt_count, wrong_tokens
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_request
from auth_service.sessions.authentication import current_session_id
from auth_service.usernames.services import username_change, username_reset
from auth_service.usernames.v1.bodies import UsernameChangeBody, UsernameResetBody, UsernameResetRequestBody
from auth_service.users.caller import caller
from auth_service.users.unique_keys import email_key

STALE = OpenApiResponse(description="`stale_token`: the link has been used before.")


class Change(APIView):
    @extend_schema(request=UsernameChangeBody, responses={204: None, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Change the caller's username; the former one is held for them for a while."""
        body = read(UsernameChangeBody, request.data)
        username_change(
            caller(request),
            body["current_password"],
            body["new_username"],
            session_id=current_session_id(request),
            now=timezone.now(),
        )
        return Response(status=204)


class ResetRequest(APIView):
    authentication_classes = []

    @extend_schema(request=UsernameResetRequestBody, responses={204: None, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have one's username, and a link for another, mailed; 204 whoever asks, for whatever address."""
        email, now = read(UsernameResetRequestBody, request.data)["email"], timezone.now()
        attempt_count(AttemptKind.MAIL, of_mail(email_key(email), Client.of(request)), now=now)
        mail_request(email, Kind.USERNAME_RESET, now=now)
        return Response(status=204)


class Reset(APIView):
    authentication_classes = []

    @extend_schema(request=UsernameResetBody, responses={204: None, 403: STALE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Choose another username by a mailed link."""
        body, now = read(UsernameResetBody, request.data), timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            username_reset(body["uid"], body["token"], body["new_username"], now=now)
        return Response(status=204)
