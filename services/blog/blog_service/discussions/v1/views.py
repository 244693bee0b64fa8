"""Comments in version 1."""

from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, create_once
from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, page_of
from chassis.tokens import Claims
from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.comments.reviews import STATUS, STATUSES
from blog_service.comments.selectors import comment_get, comment_rows
from blog_service.comments.v1.shapes import CommentPageShape, CommentShape
from blog_service.discussions.bodies import CommentBody, CommentChangesBody
from blog_service.discussions.refusals import BY_STATUS, CLOSED, SAID_ENOUGH
from blog_service.discussions.services import (
    discussion_add,
    discussion_edit,
    discussions_of,
)
from blog_service.discussions.surrogate_keys import comments_keys
from blog_service.discussions.views import Removable

LIST = (*PAGE_NUMBER, STATUS)
COLUMNS = CommentShape.columns()


class Comments(PubliclyCachedView):
    @extend_schema(parameters=documented(LIST), responses={200: CommentPageShape, 403: BY_STATUS})
    def get(self, request: Request, slug: str) -> Response:
        """The comments on a post and their replies, oldest first; by ``status`` for those who decide about them."""
        viewer, page = viewer_of(request), page_of(query_of(request, LIST))
        statuses = page.query.choices("status", STATUSES)
        post_id, comments = discussions_of(Q(slugs__slug=slug), viewer, statuses)
        count = comments.count()
        page.require(count)
        rows = comment_rows(comments[page.start : page.stop], viewer, COLUMNS)
        body = page_body(page, count, [CommentShape.from_row(row) for row in rows])
        return Response(body, headers=comments_keys(post_id, rows))

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=CommentBody,
        responses={201: CommentShape, 409: CLOSED, 429: SAID_ENOUGH},
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Comment on a post, or reply to a comment on it."""
        claims, sent = writer_of(request), read(CommentBody, request.data)
        said = {"body": sent["body"], "parent_id": sent.get("parent")}

        def answer(comment_id: UUID) -> Response:
            return Response(_shown(comment_id, claims), status=201)

        return create_once(
            request,
            lambda keep: discussion_add(
                Q(slugs__slug=slug), claims, **said, then=lambda comment_id: keep(answer(comment_id))
            ),
        )


class OneComment(Removable):
    @extend_schema(request=CommentChangesBody, responses=CommentShape)
    def patch(self, request: Request, comment_id: UUID) -> Response:
        """Give a comment of one's own other words."""
        editor = writer_of(request)
        discussion_edit(comment_id, read(CommentChangesBody, request.data)["body"], editor)
        return Response(_shown(comment_id, editor))


def _shown(comment_id: UUID, viewer: Claims) -> CommentShape:
    return CommentShape.from_row(comment_get(comment_id, viewer, COLUMNS))
