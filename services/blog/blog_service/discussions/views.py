"""What is asked of comments alike in both versions."""

from uuid import UUID

from chassis.django.bodies import read
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.discussions.bodies import ReportBody
from blog_service.discussions.refusals import SAID_ENOUGH
from blog_service.discussions.services import discussion_remove, discussion_report


class Removable(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, comment_id: UUID) -> Response:
        """Remove a comment: its author, the post's and moderators may."""
        discussion_remove(comment_id, writer_of(request))
        return Response(status=204)


class Report(APIView):
    @extend_schema(request=ReportBody, responses={202: None, 429: SAID_ENOUGH})
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Say why a comment should not be there: moderators read it, and the post's author of comments by others."""
        discussion_report(comment_id, read(ReportBody, request.data)["reason"], writer_of(request))
        return Response(status=202)
