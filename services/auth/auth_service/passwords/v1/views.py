"""Passwords in version 1."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.passwords import services
from auth_service.passwords.v1.bodies import PasswordChangeBody, PasswordResetBody, PasswordResetRequestBody
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller

STALE = OpenApiResponse(description="`stale_token`: the link has been used before.")


class Change(APIView):
    @extend_schema(request=PasswordChangeBody, responses={204: None})
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

    @extend_schema(request=PasswordResetRequestBody, responses={204: None})
    def post(self, request: Request) -> Response:
        """Have a link for another password mailed; 204 whoever asks, for whatever address."""
        services.password_reset_request(read(PasswordResetRequestBody, request.data)["email"], now=timezone.now())
        return Response(status=204)


class Reset(APIView):
    authentication_classes = []

    @extend_schema(request=PasswordResetBody, responses={204: None, 403: STALE})
    def post(self, request: Request) -> Response:
        """Choose another password by a mailed link, and end all sessions of the account."""
        body = read(PasswordResetBody, request.data)
        services.password_reset(body["uid"], body["token"], body["new_password"], now=timezone.now())
        return Response(status=204)
