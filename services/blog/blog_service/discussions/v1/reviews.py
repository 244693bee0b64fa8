"""What is said in version 1, as those read it who decide about it, and what they decide."""

from uuid import UUID

from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, Parameter, page_of
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.comments.models import Decision
from blog_service.comments.reviews import STATUS, STATUSES, review_row, review_rows
from blog_service.comments.v1.shapes import ReviewedCommentPageShape, ReviewedCommentShape
from blog_service.discussions.refusals import MODERATOR_NEEDED
from blog_service.discussions.services import discussion_decide, discussions_to_review

COLUMNS = ReviewedCommentShape.columns()
LIST = (*PAGE_NUMBER, STATUS, Parameter("post", description="the slug of one post"))


class Reviews(APIView):
    @extend_schema(parameters=documented(LIST), responses=ReviewedCommentPageShape)
    def get(self, request: Request) -> Response:
        """Comments that the caller may decide about, oldest first: unless ``status`` says others, held and reported."""
        viewer, page = writer_of(request), page_of(query_of(request, LIST))
        slug = page.query.text("post")
        statuses = page.query.choices("status", STATUSES)
        comments = discussions_to_review(Q(slugs__slug=slug) if slug else None, viewer, statuses)
        count = comments.count()
        page.require(count)
        rows = review_rows(comments[page.start : page.stop], viewer, COLUMNS)
        return Response(page_body(page, count, [ReviewedCommentShape.from_row(row) for row in rows]))


class Approve(APIView):
    @extend_schema(request=None, responses={200: ReviewedCommentShape, 403: MODERATOR_NEEDED})
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Let everyone read a comment; what was reported so far holds it no more. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.APPROVED)


class Hold(APIView):
    @extend_schema(request=None, responses=ReviewedCommentShape)
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Hide a comment until it is approved or rejected. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.HELD)


class Reject(APIView):
    @extend_schema(request=None, responses=ReviewedCommentShape)
    def post(self, request: Request, comment_id: UUID) -> Response:
        """Remove a comment, which may still be approved. The post's author and moderators."""
        return _decided(request, comment_id, Decision.Verdict.REJECTED)


def _decided(request: Request, comment_id: UUID, verdict: Decision.Verdict) -> Response:
    decider = writer_of(request)
    discussion_decide(comment_id, verdict, decider)
    return Response(ReviewedCommentShape.from_row(review_row(comment_id, decider, COLUMNS)))
