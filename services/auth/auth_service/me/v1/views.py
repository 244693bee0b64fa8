"""The caller's own account in version 1."""

from chassis.clock import format_timestamp
from chassis.django.bodies import read
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.brakes.documentation import HELD_BACK
from auth_service.deletions.shapes import DeletesAtShape
from auth_service.erasure.services import deletion_request
from auth_service.me.bodies import AccountDeletionBody, MeChangesBody
from auth_service.profiles.services import profile_update
from auth_service.sessions.authentication import current_session_id
from auth_service.users.caller import caller
from auth_service.users.shapes import MeShape

# which is said here, for the document has no bodies of DELETE
WRONG = OpenApiResponse(description="`current_password` in the body is missing, or another one.")


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

    @extend_schema(request=AccountDeletionBody, responses={202: DeletesAtShape, 400: WRONG, 429: HELD_BACK})
    def delete(self, request: Request) -> Response:
        """Have the caller's account deleted, with all it holds, after some days; their other sessions end now."""
        password = read(AccountDeletionBody, request.data)["current_password"]
        session_id, now = current_session_id(request), timezone.now()
        _, deletes_at = deletion_request(
            caller(request), password, field="current_password", session_id=session_id, now=now
        )
        return Response(DeletesAtShape(deletes_at=format_timestamp(deletes_at)), status=202)
