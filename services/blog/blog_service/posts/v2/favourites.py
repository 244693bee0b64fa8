"""Favourites in version 2."""

from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.posts.services.favourites import post_favourite


class Favourite(APIView):
    @extend_schema(request=None, responses={204: None})
    def put(self, request: Request, post_id: UUID) -> Response:
        """Make a post one of the caller's favourites; nothing if it is one."""
        post_favourite(Q(id=post_id), writer_of(request), favourite=True)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, post_id: UUID) -> Response:
        """Make a post none of the caller's favourites; nothing if it is none."""
        post_favourite(Q(id=post_id), writer_of(request), favourite=False)
        return Response(status=204)
