"""What is asked of sessions alike in both versions."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.sessions.authentication import current_session_id
from auth_service.sessions.models import Session
from auth_service.sessions.services import sessions_end_others
from auth_service.users.caller import caller


class OtherSessions(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """End the caller's sessions but this one; 204 also where there are none."""
        user_id, kept = caller(request).id, current_session_id(request)
        sessions_end_others(user_id, kept, by=Session.EndedBy.USER, now=timezone.now())
        return Response(status=204)
