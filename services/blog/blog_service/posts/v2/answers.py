"""How v2 answers with one post."""

from uuid import UUID

from chassis.django.renderers import encode
from chassis.preconditions import entity_tag
from chassis.tokens import Claims
from rest_framework.response import Response

from blog_service.posts.selectors import PostRow, post_get
from blog_service.posts.surrogate_keys import keys_of_post
from blog_service.posts.v2.selection import Selection
from blog_service.posts.v2.shapes import PostV2Shape

FULL = PostV2Shape.columns()
ALL = Selection(PostV2Shape, None, frozenset())


def post_answer(post_id: UUID, viewer: Claims | None, *, status: int = 200) -> Response:
    """The post as the viewer sees it; raises Problem (404) if they may not."""
    return row_answer(post_get(post_id, viewer, FULL), status=status)


def row_answer(
    row: PostRow, *, status: int = 200, selection: Selection = ALL, viewer: Claims | None = None
) -> Response:
    """The post with its ETag: its revision for writers, and all that is seen for caches."""
    shape = selection.shown(row, viewer)
    tag = entity_tag(row["version"], encode(shape))
    return Response(shape, status=status, headers={"ETag": tag, **keys_of_post(row)})
