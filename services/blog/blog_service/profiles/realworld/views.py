"""Authors in RealWorld's dialect."""

from uuid import UUID

from chassis.django.authentication import RealWorldAuthentication
from chassis.django.shapes import Shape
from chassis.tokens import Claims
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.authors.realworld.shapes import RealWorldProfileShape, profile_shape
from blog_service.callers import viewer_of, writer_of
from blog_service.profiles.selectors import author_called, known_author_id_of, profile_get
from blog_service.profiles.services import author_follow, author_unfollow

COLUMNS = ("username", "bio", "avatar", "picture_url", "following")


class RealWorldProfileAnswer(Shape):
    profile: RealWorldProfileShape


class Profile(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(responses=RealWorldProfileAnswer)
    def get(self, request: Request, username: str) -> Response:
        """An author; everyone who has registered is one."""
        return _answer(author_called(username).id, viewer_of(request))


class Follow(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(request=None, responses=RealWorldProfileAnswer)
    def post(self, request: Request, username: str) -> Response:
        """Follow an author; nothing if the caller does already."""
        follower, author_id = writer_of(request), author_called(username).id
        author_follow(author_id, follower.sub)
        return _answer(author_id, follower)

    @extend_schema(responses={200: RealWorldProfileAnswer})
    def delete(self, request: Request, username: str) -> Response:
        """Follow an author no more; nothing if the caller does not."""
        follower, author_id = writer_of(request), known_author_id_of(username)
        author_unfollow(author_id, follower.sub)
        return _answer(author_id, follower)


def _answer(author_id: UUID, viewer: Claims | None) -> Response:
    row = profile_get(author_id, viewer, COLUMNS)
    return Response(RealWorldProfileAnswer(profile=profile_shape(**row)))
