"""Registration in version 1."""

from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.registration.services import activate, activation_resend, register
from auth_service.registration.v1.bodies import ActivationBody, ActivationResendBody
from auth_service.users.bodies import RegistrationBody
from auth_service.users.shapes import AccountShape

STALE = OpenApiResponse(description="`stale_token`: the account is activated.")


class Users(APIView):
    authentication_classes = []

    @extend_schema(request=RegistrationBody, responses={201: AccountShape})
    def post(self, request: Request) -> Response:
        """Register."""
        user = register(**read(RegistrationBody, request.data), now=timezone.now())
        return Response(AccountShape.from_instance(user), status=201)


class Activation(APIView):
    authentication_classes = []

    @extend_schema(request=ActivationBody, responses={204: None, 403: STALE})
    def post(self, request: Request) -> Response:
        """Let a new account be used, by a mailed link."""
        activate(**read(ActivationBody, request.data), now=timezone.now())
        return Response(status=204)


class ActivationResend(APIView):
    authentication_classes = []

    @extend_schema(request=ActivationResendBody, responses={204: None})
    def post(self, request: Request) -> Response:
        """Have the link mailed again to an account that waits for it; 204 whoever asks, for whatever address."""
        activation_resend(read(ActivationResendBody, request.data)["email"], now=timezone.now())
        return Response(status=204)
