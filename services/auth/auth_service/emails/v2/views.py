"""The caller's e-mail address in version 2."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.documentation import HELD_BACK
from auth_service.emails.asking import change_asked
from auth_service.emails.selectors import pending_email
from auth_service.emails.shapes import EmailShape, PendingEmailShape
from auth_service.emails.v2.bodies import EmailChangeV2Body
from auth_service.passwords.documentation import STEP_UP
from auth_service.users.caller import caller


class Email(APIView):
    @extend_schema(responses=EmailShape)
    def get(self, request: Request) -> Response:
        """The caller's address, and the one that a change waits to be confirmed for."""
        user = caller(request)
        pending = pending_email(user.id, now=timezone.now())
        return Response(EmailShape(email=user.email, email_confirmed=user.email_confirmed, pending_email=pending))

    @extend_schema(request=EmailChangeV2Body, responses={202: PendingEmailShape, 403: STEP_UP, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Ask for another address: a link goes there, and one that undoes the change to the present one."""
        return change_asked(request, **read(EmailChangeV2Body, request.data))
