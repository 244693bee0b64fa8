"""The caller's own account in version 2."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.lists import documented, query_of, rows_on
from chassis.django.preconditions import IF_MATCH, if_match
from chassis.lists import CURSOR, Keyset, cursor_page
from chassis.preconditions import entity_tag
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.audit.selectors import audit_list
from auth_service.audit.shapes import AuditEntryShape, AuditShape
from auth_service.me.bodies import MeChangesBody
from auth_service.profiles.services import profile_update
from auth_service.users.caller import caller
from auth_service.users.models import User
from auth_service.users.shapes import MeV2Shape

NEWEST_FIRST: Keyset = {"-id": UUID}


class Me(APIView):
    @extend_schema(responses=MeV2Shape)
    def get(self, request: Request) -> Response:
        """The caller's own account."""
        return _shown(caller(request))

    @extend_schema(parameters=[IF_MATCH], request=MeChangesBody, responses=MeV2Shape)
    def patch(self, request: Request) -> Response:
        """Change parts of the caller's profile, if the account is still as it was read."""
        user_id, expected = caller(request).id, if_match(request)
        changes = read(MeChangesBody, request.data).get("profile", {})
        return _shown(profile_update(user_id, changes, actor=user_id, expected=expected))


class Audit(APIView):
    @extend_schema(parameters=documented(CURSOR), responses=AuditShape)
    def get(self, request: Request) -> Response:
        """What happened to the caller's account: log-ins, refused ones, changes of its security; newest first."""
        page = cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        found = list(rows_on(page, audit_list(caller(request).id).values(*AuditEntryShape.columns())))
        rows, next_cursor = page.split(found, lambda row: (row["id"],))
        return Response(AuditShape(items=[AuditEntryShape.from_row(row) for row in rows], next_cursor=next_cursor))


def _shown(user: User) -> Response:
    return Response(MeV2Shape.from_instance(user), headers={"ETag": entity_tag(user.version)})
