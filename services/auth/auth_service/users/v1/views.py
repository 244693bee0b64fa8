"""Accounts in version 1."""

from chassis.django.bodies import read
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.users.bodies import RegistrationBody
from auth_service.users.services import user_register
from auth_service.users.shapes import AccountShape


class Users(APIView):
    authentication_classes = []

    @extend_schema(request=RegistrationBody, responses={201: AccountShape})
    def post(self, request: Request) -> Response:
        """Register."""
        user = user_register(**read(RegistrationBody, request.data))
        return Response(AccountShape.from_instance(user), status=201)
