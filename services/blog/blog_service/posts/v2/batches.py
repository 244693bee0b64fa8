"""Many posts by their ids, in one request."""

from typing import Any
from uuid import UUID

from chassis.django.bodies import BoundedListField, StrictBody, read
from chassis.django.lists import documented, query_of
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import viewer_of
from blog_service.posts.models import Post
from blog_service.posts.selectors import rows_of
from blog_service.posts.v2.selection import IN_LIST, Selection, list_or_parts
from blog_service.posts.v2.shapes import PostInListV2Shape
from blog_service.posts.visibility import visible_to

MOST = 100

FOUND = list_or_parts("missing", {"type": "array", "items": {"type": "string", "format": "uuid"}})


class IdField(serializers.UUIDField):
    """An id as text: REST framework would make one of a number."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class BatchBody(StrictBody):
    ids = BoundedListField(child=IdField(), max_length=MOST)


class Batch(APIView):
    @extend_schema(
        parameters=documented(IN_LIST),
        request=BatchBody,
        responses={200: FOUND},
    )
    def post(self, request: Request) -> Response:
        """Posts by their ids, in order; what is not there, and what the caller may not see, is ``missing`` alike."""
        viewer, selection = viewer_of(request), Selection.of(query_of(request, IN_LIST), PostInListV2Shape)
        ids = list(dict.fromkeys(read(BatchBody, request.data)["ids"]))
        posts = Post.objects.filter(visible_to(viewer), Q(id__in=ids))
        found = {row["id"]: row for row in rows_of(posts, viewer, selection.columns())}
        items = [selection.shown(found[post_id]) for post_id in ids if post_id in found]
        return Response({"items": items, "missing": [post_id for post_id in ids if post_id not in found]})
