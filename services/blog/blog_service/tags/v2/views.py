"""Tags in version 2, addressed by id."""

from chassis.django.bodies import read
from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, Keyset, Parameter, cursor_page
from chassis.problems import FieldError, invalid_fields
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import ALL_POSTS, KEYS, PubliclyCachedView
from blog_service.callers import writer_of
from blog_service.links import tag_link_v2
from blog_service.tags.models import Tag
from blog_service.tags.selectors import TagNotFound, tag_get, tag_get_by_id, tags_used
from blog_service.tags.services import tag_merge, tag_rename
from blog_service.tags.v2.bodies import MergeBody, TagBody
from blog_service.tags.v2.shapes import TagsV2Shape, TagV2Shape

MOST_USED_FIRST: Keyset = {"-posts_count": int, "name": str}
NAME = Parameter("name", description="the tag of this name, without regard to case, also of one that it had before")
LIST = (*CURSOR, NAME)
TAKEN = OpenApiResponse(description="there is such a tag: `tag_taken`")


class Tags(PubliclyCachedView):
    @extend_schema(parameters=documented(LIST), responses=TagsV2Shape)
    def get(self, request: Request) -> Response:
        """Tags of published posts, the most used first."""
        query = query_of(request, LIST)
        page, tags = cursor_page(query, MOST_USED_FIRST), tags_used()
        if name := query.text(NAME.name):
            tag = tag_get(name)
            tags = tags.filter(id=tag.id) if tag else tags.none()
        found, next_cursor = page.split(list(rows_on(page, tags)), lambda tag: (tag.posts_count, tag.name))
        return _answer({"items": list(map(TagV2Shape.from_instance, found)), "next_cursor": next_cursor})


class OneTag(PubliclyCachedView):
    @extend_schema(responses={200: TagV2Shape, 308: None})
    def get(self, request: Request, tag_id: int) -> HttpResponse:  # noqa: ARG002
        """A tag of published posts; one that became another leads to that."""
        tag = tag_get_by_id(tag_id)
        if not tag.posts_count:  # it may be of drafts, which are nobody's business
            raise TagNotFound
        if tag.id != tag_id:
            return HttpResponse(status=308, headers={"Location": tag_link_v2(tag.id)})
        return _shown(tag)

    @extend_schema(request=TagBody, responses={200: TagV2Shape, 409: TAKEN})
    def patch(self, request: Request, tag_id: int) -> Response:
        """Call a tag otherwise; its former name goes on meaning it, and its posts follow."""
        editor, tag = writer_of(request), tag_get_by_id(tag_id)
        tag_rename(tag.id, read(TagBody, request.data)["name"], actor=editor.sub)
        return _shown(tag_get_by_id(tag.id))


class Merge(APIView):
    @extend_schema(request=MergeBody, responses=TagV2Shape)
    def post(self, request: Request, tag_id: int) -> Response:
        """Let a tag become another one, which is answered with; its posts follow."""
        editor, tag = writer_of(request), tag_get_by_id(tag_id)
        try:
            into = tag_get_by_id(read(MergeBody, request.data)["into"])
        except TagNotFound as error:
            raise invalid_fields([FieldError("/into", "tag_not_found", error.detail)]) from error
        tag_merge(tag.id, into.id, actor=editor.sub)
        return _shown(tag_get_by_id(into.id))


def _shown(tag: Tag) -> Response:
    return _answer(TagV2Shape.from_instance(tag))


def _answer(body: object) -> Response:
    return Response(body, headers={KEYS: ALL_POSTS})
