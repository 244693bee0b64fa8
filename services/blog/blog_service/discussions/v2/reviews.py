"""What is said in version 2, as those read it who decide about it, and what they decide."""

from uuid import UUID

from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Parameter, cursor_page
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.comments.models import Decision
from blog_service.comments.reviews import STATUS, STATUSES, review_row, review_rows
from blog_service.comments.selectors import OLDEST_FIRST
from blog_service.comments.v2.shapes import ReviewedCommentsV2Shape, ReviewedCommentV2Shape
from blog_service.discussions.refusals import MODERATOR_NEEDED
from blog_service.discussions.services import discussion_decide, discussions_to_review

COLUMNS = ReviewedCommentV2Shape.columns()
LIST = (*CURSOR, STATUS, Parameter("post_id", {"type": "string", "format": "uuid"}, "of one post"))


class Reviews(APIView):
    @extend_schema(parameters=documented(LIST), responses=ReviewedCommentsV2Shape)
    def get(self, request: Request) -> Response:
        """Comments that the caller may decide about, oldest first: unless ``status`` says others, held and reported."""
        viewer, page = writer_of(request), cursor_page(query_of(request, LIST), OLDEST_FIRST)
        post_id = page.query.uuid("post_id")
        statuses = page.query.choices("status", STATUSES)
        comments = discussions_to_review(Q(id=post_id) if post_id else None, viewer, statuses)
        found = review_rows(rows_on(page, comments), viewer, COLUMNS)
        rows, next_cursor = page.split(found, lambda row: (row["created_at"], row["id"]))
        items = [ReviewedCommentV2Shape.from_row(row) for row in rows]
        return Response({"items": items, "next_cursor": next_cursor})


class Approve(APIView):
    @extend_schema(request=None, responses={200: ReviewedCommentV2Shape, 403: MODERATOR_NEEDED})
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Let everyone read a comment; what was reported so far holds it no more. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.APPROVED)


class Hold(APIView):
    @extend_schema(request=None, responses=ReviewedCommentV2Shape)
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Hide a comment until it is approved or rejected. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.HELD)


class Reject(APIView):
    @extend_schema(request=None, responses=ReviewedCommentV2Shape)
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Remove a comment, which may still be approved. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.REJECTED)


def _decided(request: Request, comment_id: UUID, verdict: Decision.Verdict) -> Response:
    decider = writer_of(request)
    discussion_decide(comment_id, verdict, decider)
    return Response(ReviewedCommentV2Shape.from_row(review_row(comment_id, decider, COLUMNS)))
