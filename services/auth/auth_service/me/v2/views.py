"""The caller's own account in version 2."""

from chassis.django.bodies import read
from chassis.problems import Problem
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.me.bodies import MeChangesBody
from auth_service.profiles.services import profile_update
from auth_service.users.caller import caller
from auth_service.users.models import User
from auth_service.users.serializers import MeSerializer


class Me(APIView):
    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return _shown(caller(request))

    @extend_schema(
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
        request=MeChangesBody,
        responses=MeSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change parts of the caller's profile, if the account is still as it was read."""
        user_id, version = caller(request).id, _expected_version(request)
        changes = read(MeChangesBody, request.data).get("profile", {})
        return _shown(profile_update(user_id, changes, actor=user_id, version=version))


def _shown(user: User) -> Response:
    return Response(MeSerializer(user).data, headers={"ETag": f'"{user.version}"'})


def _expected_version(request: Request) -> int | None:
    """The version in If-Match, None for ``*``; raises Problem 428 without the header, 412 for one that never was."""
    tag = request.headers.get("If-Match")
    if tag is None:
        raise Problem(428, "precondition_required", "Say which version is to be changed: If-Match with the ETag.")
    if tag == "*":
        return None
    digits = tag.removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdecimal()):
        raise Problem(412, "precondition_failed", "The account never had this ETag.")
    return int(digits[:18])
