"""E-mail addresses in version 1."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.services import wrong_tokens
from auth_service.emails.asking import change_asked
from auth_service.emails.services import email_confirm, email_undo
from auth_service.emails.shapes import PendingEmailShape
from auth_service.emails.v1.bodies import EmailChangeBody, LinkBody

STALE = OpenApiResponse(description="`stale_token`: the link has been used before.")


class Change(APIView):
    @extend_schema(request=EmailChangeBody, responses={202: PendingEmailShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Ask for another address: a link goes there, and one that undoes the change to the present one."""
        return change_asked(request, **read(EmailChangeBody, request.data))


class Confirm(APIView):
    authentication_classes = []

    @extend_schema(request=LinkBody, responses={204: None, 403: STALE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have the new address from now on, by the link that was mailed there."""
        now = timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            email_confirm(**read(LinkBody, request.data), now=now)
        return Response(status=204)


class Undo(APIView):
    authentication_classes = []

    @extend_schema(request=LinkBody, responses={204: None, 403: STALE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have the old address back, by the link that was mailed there; every session ends."""
        now = timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            email_undo(**read(LinkBody, request.data), now=now)
        return Response(status=204)
