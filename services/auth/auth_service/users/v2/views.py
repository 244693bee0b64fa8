"""Accounts in version 2."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.sessions.authentication import caller
from auth_service.users.serializers import MeSerializer


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return Response(MeSerializer(caller(request)).data)
