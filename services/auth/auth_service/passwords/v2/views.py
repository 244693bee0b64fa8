"""Passwords in version 2."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.documentation import HELD_BACK
from auth_service.passwords.documentation import STEP_UP
from auth_service.passwords.services import password_change
from auth_service.passwords.v2.bodies import PasswordChangeV2Body
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller


class Password(APIView):
    @extend_schema(request=PasswordChangeV2Body, responses={204: None, 403: STEP_UP, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Change the caller's password, and end their other sessions."""
        body = read(PasswordChangeV2Body, request.data)
        password_change(
            caller(request),
            body["current_password"],
            body["new_password"],
            session_id=current_session_id(request),
            now=timezone.now(),
        )
        return Response(status=204)
