"""Registration in version 1."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.addresses import Client
from auth_service.brakes.documentation import HELD_BACK
from auth_service.brakes.limits import AttemptKind, of_mail, of_registration
from auth_service.brakes.services import attempt_count, wrong_tokens
from auth_service.mails.models import Kind
from auth_service.mails.services import mail_request
from auth_service.registration.services import activate, register
from auth_service.registration.v1.bodies import ActivationBody, ActivationResendBody
from auth_service.users.bodies import RegistrationBody
from auth_service.users.shapes import AccountShape
from auth_service.users.unique_keys import email_key

STALE = OpenApiResponse(description="`stale_token`: the account is activated.")


class Users(APIView):
    authentication_classes = []

    @extend_schema(request=RegistrationBody, responses={201: AccountShape, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Register."""
        now = timezone.now()
        attempt_count(AttemptKind.REGISTRATION, of_registration(Client.of(request)), now=now)
        user = register(**read(RegistrationBody, request.data), now=now)
        return Response(AccountShape.from_instance(user), status=201)


class Activation(APIView):
    authentication_classes = []

    @extend_schema(request=ActivationBody, responses={204: None, 403: STALE, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Let a new account be used, by a mailed link."""
        now = timezone.now()
        with wrong_tokens(Client.of(request), now=now):
            activate(**read(ActivationBody, request.data), now=now)
        return Response(status=204)


class ActivationResend(APIView):
    authentication_classes = []

    @extend_schema(request=ActivationResendBody, responses={204: None, 429: HELD_BACK})
    def post(self, request: Request) -> Response:
        """Have the link mailed again to an account that waits for it; 204 whoever asks, for whatever address."""
        email, now = read(ActivationResendBody, request.data)["email"], timezone.now()
        attempt_count(AttemptKind.MAIL, of_mail(email_key(email), Client.of(request)), now=now)
        mail_request(email, Kind.ACTIVATION, now=now)
        return Response(status=204)
