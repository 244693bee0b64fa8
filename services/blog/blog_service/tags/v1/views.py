"""Tags in version 1."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service import parameters
from blog_service.cache_headers import PUBLIC
from blog_service.paging import PAGING, page_body, page_of
from blog_service.query import Query
from blog_service.tags.selectors import tags_used
from blog_service.tags.v1.shapes import TagPageShape, TagShape


class Tags(APIView):
    @extend_schema(operation_id="tags_list", parameters=parameters.PAGE, responses=TagPageShape)
    def get(self, request: Request) -> Response:
        """Tags of published posts, the most used first; the same for everybody."""
        page, tags = page_of(Query(request.query_params, PAGING)), tags_used()
        count = tags.count()
        page.require(count)
        results = [TagShape.from_row(row) for row in tags[page.start : page.stop].values(*TagShape.columns())]
        return Response(page_body(request, page, count, results), headers={"Cache-Control": PUBLIC})
