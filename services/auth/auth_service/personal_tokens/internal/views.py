"""Where the gateway has personal tokens exchanged, which no other service sees."""

from chassis.django.bodies import StrictBody, read
from chassis.django.internal_access import FromAService
from chassis.tokens import TokenRefused
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.personal_tokens.services import personal_token_exchange


class ExchangeBody(StrictBody):
    token = serializers.CharField(max_length=100)


@extend_schema(exclude=True)
class PersonalTokens(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def post(self, request: Request) -> Response:
        """An access token for a personal one, or why there is none: a 401 would be about the service that asks."""
        text = read(ExchangeBody, request.data)["token"]
        try:
            return Response({"access_token": personal_token_exchange(text, now=timezone.now())})
        except TokenRefused as refused:
            return Response({"refused": refused.code})
