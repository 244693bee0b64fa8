"""Authors in version 1, addressed by username."""

from uuid import UUID

from chassis.tokens import Claims
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import KEYS, PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.links import author_link
from blog_service.profiles.moves import moved
from blog_service.profiles.selectors import author_called, known_author_id_of, profile_get
from blog_service.profiles.services import author_follow, author_unfollow
from blog_service.profiles.v1.shapes import Author

REFUSED = OpenApiResponse(description="the caller themselves (`follow_self`), or one too many (`follows_too_many`)")


class AuthorByUsername(PubliclyCachedView):
    @extend_schema(responses={200: Author, 308: None})
    def get(self, request: Request, username: str) -> HttpResponse:
        """An author; everyone who has registered is one. A former name leads to the present one."""
        author = author_called(username)
        if not author.is_called(username):
            return moved(author, author_link(author.username))
        return _answer(author.id, viewer_of(request))


class Follow(APIView):
    @extend_schema(request=None, responses={200: Author, 409: REFUSED})
    def post(self, request: Request, username: str) -> Response:
        """Follow an author; nothing if the caller does already."""
        follower, author_id = writer_of(request), author_called(username).id
        author_follow(author_id, follower.sub)
        return _answer(author_id, follower)

    @extend_schema(responses={200: Author})
    def delete(self, request: Request, username: str) -> Response:
        """Follow an author no more, also one who is suspended; nothing if the caller does not."""
        follower, author_id = writer_of(request), known_author_id_of(username)
        author_unfollow(author_id, follower.sub)
        return _answer(author_id, follower)


def _answer(author_id: UUID, viewer: Claims | None) -> Response:
    profile = Author.from_row(profile_get(author_id, viewer, Author.columns()))
    return Response(profile, headers={KEYS: str(author_id)})
