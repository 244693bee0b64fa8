"""Tags in version 1."""

from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, page_of
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import ALL_POSTS, KEYS, PUBLIC
from blog_service.tags.selectors import tags_used
from blog_service.tags.v1.shapes import TagPageShape, TagShape


class Tags(APIView):
    @extend_schema(parameters=documented(PAGE_NUMBER), responses=TagPageShape)
    def get(self, request: Request) -> Response:
        """Tags of published posts, the most used first; the same for everybody."""
        page, tags = page_of(query_of(request, PAGE_NUMBER)), tags_used()
        count = tags.count()
        page.require(count)
        results = [TagShape.from_row(row) for row in tags[page.start : page.stop].values(*TagShape.columns())]
        return Response(page_body(page, count, results), headers={"Cache-Control": PUBLIC, KEYS: ALL_POSTS})
