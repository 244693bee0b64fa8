"""Passwords in version 1."""

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
from auth_service.passwords import services
from auth_service.passwords.v1.bodies import PasswordChangeBody, PasswordResetBody, PasswordResetRequestBody
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller
from auth_service.users.unique_keys import email_key

STALE = OpenApiResponse(description="`stale_token`: the link has been used before.")


class Change(APIView):
    @extend_schema(request=PasswordChangeBody, responses={204: None, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Change the caller's password, and end their other sessions."""
        body = read(PasswordChangeBody, request.data)
        services.password_change(
            caller(request),
            body["current_password"],
            body["new_password"],
            session_id=current_session_id(request),
            now=timezone.now(),
        )
        return Response(status=204)


class ResetRequest(APIView):
    authentication_classes = []

    @extend_schema(request=PasswordResetRequestBody, responses={204: None, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have a link for another password mailed; 204 whoever asks, for whatever address."""
        email, now = read(PasswordResetRequestBody, request.data)["email"], timezone.now()
        attempt_count(AttemptKind.MAIL, of_mail(email_key(email), Client.of(request)), now=now)
        mail_request(email, Kind.PASSWORD_RESET, now=now)
        return Response(status=204)


class Reset(APIView):
    authentication_classes = []

    @extend_schema(request=PasswordResetBody, responses={204: None, 403: STALE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Choose another password by a mailed link, and end all sessions of the account."""
        body = read(PasswordResetBody, request.data)
        now = timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            services.password_reset(body["uid"], body["token"], body["new_password"], now=now)
        return Response(status=204)
