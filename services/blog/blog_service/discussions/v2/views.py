"""Comments in version 2."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, create_once
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, cursor_page
from chassis.problems import Problem
from chassis.tokens import Claims
from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.comments.reviews import STATUS, STATUSES
from blog_service.comments.selectors import OLDEST_FIRST, comment_get, comment_rows
from blog_service.comments.v2.shapes import CommentsV2Shape, CommentV2Shape
from blog_service.discussions.bodies import CommentChangesBody, CommentV2Body
from blog_service.discussions.refusals import BY_STATUS, CLOSED, SAID_ENOUGH
from blog_service.discussions.services import (
    discussion_add,
    discussion_edit,
    discussions_of,
)
from blog_service.discussions.surrogate_keys import comments_keys
from blog_service.discussions.views import Removable

LIST = (*CURSOR, STATUS)
COLUMNS = CommentV2Shape.columns()


class Comments(PubliclyCachedView):
    @extend_schema(parameters=documented(LIST), responses={200: CommentsV2Shape, 403: BY_STATUS})
    def get(self, request: Request, post_id: UUID) -> Response:
        """The comments on a post and their replies, oldest first; by ``status`` for those who decide about them."""
        viewer, page = viewer_of(request), cursor_page(query_of(request, LIST), OLDEST_FIRST)
        statuses = page.query.choices("status", STATUSES)
        _post_id, comments = discussions_of(Q(id=post_id), viewer, statuses)
        found = comment_rows(rows_on(page, comments), viewer, COLUMNS)
        rows, next_cursor = page.split(found, lambda row: (row["created_at"], row["id"]))
        body = {"items": [CommentV2Shape.from_row(row) for row in rows], "next_cursor": next_cursor}
        return Response(body, headers=comments_keys(post_id, rows))

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=CommentV2Body,
        responses={201: CommentV2Shape, 409: CLOSED, 429: SAID_ENOUGH},
    )
    def post(self, request: Request, post_id: UUID) -> HttpResponse:
        """Comment on a post, or reply to a comment on it."""
        claims, sent = writer_of(request), read(CommentV2Body, request.data)
        said = {"body": sent["body"], "parent_id": sent.get("parent_id")}

        def answer(comment_id: UUID) -> Response:
            return Response(_shown(comment_id, claims), status=201)

        with _parent_named_as_sent():
            return create_once(
                request,
                lambda keep: discussion_add(
                    Q(id=post_id), claims, **said, then=lambda comment_id: keep(answer(comment_id))
                ),
            )


class OneComment(Removable):
    @extend_schema(request=CommentChangesBody, responses=CommentV2Shape)
    def patch(self, request: Request, comment_id: UUID) -> Response:
        """Give a comment of one's own other words."""
        editor = writer_of(request)
        discussion_edit(comment_id, read(CommentChangesBody, request.data)["body"], editor)
        return Response(_shown(comment_id, editor))


def _shown(comment_id: UUID, viewer: Claims) -> CommentV2Shape:
    return CommentV2Shape.from_row(comment_get(comment_id, viewer, COLUMNS))


@contextmanager
def _parent_named_as_sent() -> Iterator[None]:
    """What is wrong with a parent is said of ``parent_id``."""
    try:
        yield
    except Problem as problem:
        problem.errors = [
            replace(error, pointer="/parent_id") if error.pointer == "/parent" else error
            for error in problem.errors or ()
        ] or None
        raise
