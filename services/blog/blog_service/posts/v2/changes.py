"""What became of public posts, for those who keep a copy of them."""

from typing import Literal
from uuid import UUID

from chassis.clock import format_timestamp
from chassis.django.lists import documented, query_of
from chassis.django.shapes import Moment, Shape
from chassis.lists import CURSOR
from django.db.models.functions import Length
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.changes.models import PostChange
from blog_service.changes.selectors import AFTER, changes_after, cursor_of, number_of
from blog_service.changes.services import changes_number
from blog_service.posts.models import Post
from blog_service.posts.selectors import PostRow, rows_of
from blog_service.posts.v2.answers import FULL
from blog_service.posts.v2.shapes import PostV2Shape
from blog_service.posts.visibility import PUBLIC

LIMIT = next(parameter for parameter in CURSOR if parameter.name == "limit")
LIST = (AFTER, LIMIT)
EXPIRED = OpenApiResponse(description="what came after it is not kept any more: `cursor_expired`")
MOST, MOST_CHARACTERS = 100, 4_000_000
"""Posts in an answer, and characters of their texts, of which there is at least one."""


class ChangeV2Shape(Shape):
    cursor: str
    type: Literal["post"]
    id: UUID
    op: Literal["upsert", "delete"]
    version: int
    changed_at: Moment
    post: PostV2Shape | None


class ChangesV2Shape(Shape):
    items: list[ChangeV2Shape]
    next_cursor: str
    has_more: bool


class Changes(APIView):
    @extend_schema(parameters=documented(LIST), responses={200: ChangesV2Shape, 410: EXPIRED})
    def get(self, request: Request) -> Response:
        """What became of public posts since, the oldest first: each as it is now, or that it is public no more."""
        query = query_of(request, LIST)
        after, limit = number_of(query.given("after")), min(query.number("limit", 20), MOST)
        changes_number()
        changes, has_more = changes_after(after, limit)
        shown = _within_bounds(changes)
        posts = {row["id"]: row for row in rows_of(Post.objects.filter(PUBLIC, id__in=_ids(shown)), None, FULL)}
        return Response(
            ChangesV2Shape(
                items=[_shape(change, posts.get(change.post_id)) for change in shown],
                next_cursor=cursor_of(shown[-1].number or 0 if shown else after),
                has_more=has_more or len(shown) < len(changes),
            )
        )


def _shape(change: PostChange, post: PostRow | None) -> ChangeV2Shape:
    """A post that is public no more, though that is not numbered yet, is not shown either."""
    return ChangeV2Shape(
        cursor=cursor_of(change.number or 0),
        type="post",
        id=change.post_id,
        op="upsert" if post else "delete",
        version=post["version"] if post else change.version,
        changed_at=format_timestamp(change.changed_at),
        post=PostV2Shape.from_row(post) if post else None,
    )


def _within_bounds(changes: list[PostChange]) -> list[PostChange]:
    texts = Post.objects.filter(PUBLIC, id__in=_ids(changes)).annotate(characters=Length("body") + Length("html"))
    sizes, left = dict(texts.values_list("id", "characters")), MOST_CHARACTERS
    for index, change in enumerate(changes):
        left -= sizes.get(change.post_id, 0)
        if left < 0 and index:
            return changes[:index]
    return changes


def _ids(changes: list[PostChange]) -> list[UUID]:
    return [change.post_id for change in changes]
