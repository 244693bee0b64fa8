"""Revocations, as a process asks for them when it starts and every few seconds."""

from datetime import datetime

from chassis.django.internal_access import FromAService
from chassis.problems import Problem
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.revocations.selectors import revocations_list
from chassis import clock


@extend_schema(exclude=True)
class Revocations(APIView):
    authentication_classes = []
    permission_classes = [FromAService]

    def get(self, request: Request) -> Response:
        """What ended tokens that may be alive, or only that ``?since=`` an earlier answer's ``next``."""
        now = timezone.now()
        events = revocations_list(since=_moment(request.query_params.get("since")), now=now)
        return Response({"events": events, "next": clock.format_timestamp(now)})


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is None):
        raise Problem(400, "since_invalid", f"{text[:40]!r} is not a moment such as 2026-11-23T10:00:00.000Z.")
    return moment
