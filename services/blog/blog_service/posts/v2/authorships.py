"""Being a co-author of a post, in version 2: who was named accepts, or is one no more."""

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.posts.services.authors import accepting, leaving
from blog_service.posts.services.writing import post_change

TOO_MANY = OpenApiResponse(description="one post too many: `co_authored_too_many`")


class Authorship(APIView):
    @extend_schema(request=None, responses={204: None, 409: TOO_MANY})
    def put(self, request: Request, post_id: UUID) -> Response:
        """Accept to be shown as an author of the post; nothing if the caller is. 404 for who was not named."""
        author_id = writer_of(request).sub
        post_change(post_id, {"authors_edit": accepting(author_id)}, actor=author_id)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, post_id: UUID) -> Response:
        """Be no co-author of the post any more, or decline to be."""
        author_id = writer_of(request).sub
        post_change(post_id, {"authors_edit": leaving(author_id)}, actor=author_id)
        return Response(status=204)
