"""The caller's own account in version 1."""

from chassis.django.bodies import read
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.me.bodies import MeChangesBody
from auth_service.profiles.services import profile_update
from auth_service.users.caller import caller
from auth_service.users.shapes import MeShape


class Me(APIView):
    @extend_schema(responses=MeShape)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return Response(MeShape.from_instance(caller(request)))

    @extend_schema(request=MeChangesBody, responses=MeShape)
    def patch(self, request: Request) -> Response:
        """Change parts of the caller's profile; what is absent stays."""
        user_id = caller(request).id
        changes = read(MeChangesBody, request.data).get("profile", {})
        return Response(MeShape.from_instance(profile_update(user_id, changes, actor=user_id)))
