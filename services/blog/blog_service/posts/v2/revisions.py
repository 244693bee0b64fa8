"""What a post said before, in version 2: for its author and editors."""

from uuid import UUID

from chassis.django.lists import documented, query_of, rows_on
from chassis.django.preconditions import IF_MATCH_OPTIONAL, if_match_or_any
from chassis.lists import CURSOR, cursor_page
from chassis.tokens import Claims
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.posts.revisions import NEWEST_FIRST, first_of, revision_get, revisions_of
from blog_service.posts.selectors import post_get_for_writing
from blog_service.posts.services.writing import PostFields, post_change
from blog_service.posts.v2.answers import post_answer
from blog_service.posts.v2.shapes import PostV2Shape, RevisionInListV2Shape, RevisionsV2Shape, RevisionV2Shape

IN_LISTS = RevisionInListV2Shape.columns()
TOO_COMPLEX = OpenApiResponse(description="the body is more than posts may hold now")


class Revisions(APIView):
    @extend_schema(parameters=documented(CURSOR), responses=RevisionsV2Shape)
    def get(self, request: Request, post_id: UUID) -> Response:
        """What a post said at its versions, newest first; at most the newest hundred are kept."""
        _writer_of_post(request, post_id)
        page = cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        found = list(rows_on(page, revisions_of(post_id)).values(*IN_LISTS))
        rows, next_cursor = page.split(found, lambda row: (row["number"],))
        if not rows and page.place is None:
            rows = [first_of(post_id)]
        return Response({"items": [RevisionInListV2Shape.from_row(row) for row in rows], "next_cursor": next_cursor})


class OneRevision(APIView):
    @extend_schema(responses=RevisionV2Shape)
    def get(self, request: Request, post_id: UUID, number: int) -> Response:
        """What a post said at one of its versions."""
        _writer_of_post(request, post_id)
        return Response(RevisionV2Shape.from_row(revision_get(post_id, number)))


class Restore(APIView):
    @extend_schema(
        parameters=[IF_MATCH_OPTIONAL],
        request=None,
        responses={200: PostV2Shape, 422: TOO_COMPLEX},
    )
    def post(self, request: Request, post_id: UUID, number: int) -> Response:
        """Let a post say again what it said: title, body, summary and tags; pictures and slug stay as they are."""
        writer = _writer_of_post(request, post_id)
        said = revision_get(post_id, number)
        fields = PostFields(title=said["title"], body=said["body"], summary=said["summary"], tags=said["tags"])
        post_change(post_id, fields, actor=writer, if_match=if_match_or_any(request))
        return post_answer(post_id, writer)


def _writer_of_post(request: Request, post_id: UUID) -> Claims:
    """Who calls, if they may change the post; raises Problem (404, 403)."""
    writer = writer_of(request)
    post_get_for_writing(post_id, writer)
    return writer
