"""Authors in version 2, addressed by id."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import KEYS, PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.links import author_name_link_v2
from blog_service.profiles.moves import moved
from blog_service.profiles.selectors import author_called, author_id_known, profile_get
from blog_service.profiles.services import author_follow, author_unfollow
from blog_service.profiles.v2.shapes import ProfileV2Shape

REFUSED = OpenApiResponse(description="the caller themselves (`follow_self`), or one too many (`follows_too_many`)")


class AuthorById(PubliclyCachedView):
    @extend_schema(responses=ProfileV2Shape)
    def get(self, request: Request, author_id: UUID) -> Response:
        """An author."""
        return _answer(request, author_id_known(author_id))


class AuthorByUsername(PubliclyCachedView):
    @extend_schema(responses={200: ProfileV2Shape, 308: None})
    def get(self, request: Request, username: str) -> HttpResponse:
        """An author by name, without regard to case; a former name leads to the present one."""
        author = author_called(username)
        if not author.is_called(username):
            return moved(author, author_name_link_v2(author.username))
        return _answer(request, author.id)


class Follow(APIView):
    @extend_schema(request=None, responses={204: None, 409: REFUSED})
    def put(self, request: Request, author_id: UUID) -> Response:
        """Follow an author; nothing if the caller does already."""
        follower = writer_of(request)
        author_follow(author_id_known(author_id), follower.sub)
        return Response(status=204)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, author_id: UUID) -> Response:
        """Follow an author no more, also one who is suspended; nothing if the caller does not."""
        follower = writer_of(request)
        author_unfollow(author_id_known(author_id, also_suspended=True), follower.sub)
        return Response(status=204)


def _answer(request: Request, author_id: UUID) -> Response:
    profile = ProfileV2Shape.from_row(profile_get(author_id, viewer_of(request), ProfileV2Shape.columns()))
    return Response(profile, headers={KEYS: str(author_id)})
