"""Favourites in version 1."""

from chassis.tokens import Claims
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.posts.selectors import post_get
from blog_service.posts.services.favourites import post_favourite
from blog_service.posts.v1.shapes import PostShape

FULL = PostShape.columns()


class Favourite(APIView):
    @extend_schema(request=None, responses=PostShape)
    def post(self, request: Request, slug: str) -> Response:
        """Make a post one of the caller's favourites; nothing if it is one."""
        return _changed(slug, writer_of(request), favourite=True)

    @extend_schema(responses={200: PostShape})
    def delete(self, request: Request, slug: str) -> Response:
        """Make a post none of the caller's favourites; nothing if it is none."""
        return _changed(slug, writer_of(request), favourite=False)


def _changed(slug: str, reader: Claims, *, favourite: bool) -> Response:
    post_id = post_favourite(Q(slugs__slug=slug), reader, favourite=favourite)
    return Response(PostShape.from_row(post_get(post_id, reader, FULL)))
