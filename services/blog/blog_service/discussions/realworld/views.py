"""Comments in RealWorld's dialect."""

from uuid import UUID

from chassis.django.authentication import RealWorldAuthentication
from chassis.django.bodies import Body, read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, create_once
from chassis.problems import Problem
from chassis.tokens import Claims
from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import viewer_of, writer_of
from blog_service.comments.models import Comment
from blog_service.comments.realworld.shapes import (
    RealWorldCommentAnswer,
    RealWorldCommentsAnswer,
    RealWorldCommentShape,
)
from blog_service.comments.selectors import comment_find, comment_get, comment_rows, comments_newest
from blog_service.discussions.bodies import CommentChangesBody
from blog_service.discussions.services import discussion_add, discussion_remove
from blog_service.posts.selectors import post_find

COLUMNS = RealWorldCommentShape.columns()
MOST = 1000


class RealWorldCommentBody(Body):
    comment = CommentChangesBody()


class Comments(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(responses=RealWorldCommentsAnswer)
    def get(self, request: Request, slug: str) -> Response:
        """The newest thousand comments on a post, replies among them, oldest first."""
        viewer = viewer_of(request)
        post_id = post_find(Q(slugs__slug=slug), viewer)
        rows = comment_rows(comments_newest(post_id, viewer)[:MOST], viewer, COLUMNS)
        there = [row for row in reversed(rows) if row["state"] != Comment.State.REMOVED]
        return Response(RealWorldCommentsAnswer(comments=[RealWorldCommentShape.from_row(row) for row in there]))

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=RealWorldCommentBody,
        responses={201: RealWorldCommentAnswer},
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Comment on a post."""
        claims = writer_of(request)
        post_find(Q(slugs__slug=slug), claims)  # before what is said is looked at
        body = read(RealWorldCommentBody, request.data)["comment"]["body"]

        def answer(comment_id: UUID) -> Response:
            return Response(_shown(comment_id, claims), status=201)

        return create_once(
            request,
            lambda keep: discussion_add(
                Q(slugs__slug=slug),
                claims,
                body=body,
                parent_id=None,
                then=lambda comment_id: keep(answer(comment_id)),
            ),
        )


class OneComment(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, number: int) -> Response:
        """Remove a comment: its author, the post's and moderators may."""
        remover = writer_of(request)
        comment_id = comment_find(post_find(Q(slugs__slug=slug), remover), number, remover)
        try:
            discussion_remove(comment_id, remover)
        except Problem as problem:
            if problem.code == "not_the_author":
                raise Problem(403, "comment_not_yours", problem.detail) from None
            raise
        return Response(status=204)


def _shown(comment_id: UUID, viewer: Claims) -> RealWorldCommentAnswer:
    row = comment_get(comment_id, viewer, COLUMNS)
    return RealWorldCommentAnswer(comment=RealWorldCommentShape.from_row(row))
