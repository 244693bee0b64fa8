"""What those one follows have published, in version 1."""

from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, page_of
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.home_feed.selectors import home_feed, home_feed_count
from blog_service.posts.selectors import public_rows
from blog_service.posts.v1.shapes import PostInListShape, PostPageShape

IN_LISTS = PostInListShape.columns()


class HomeFeed(APIView):
    @extend_schema(parameters=documented(PAGE_NUMBER), responses=PostPageShape)
    def get(self, request: Request) -> Response:
        """The newest thousand posts of those the caller follows, newest first."""
        reader, page = writer_of(request), page_of(query_of(request, PAGE_NUMBER))
        count = home_feed_count(reader.sub)
        page.require(count)
        stop = min(page.stop, count)
        entries = home_feed(reader.sub)[page.start : stop] if page.start < stop else ()
        rows = public_rows([entry.post_id for entry in entries], reader, IN_LISTS)
        return Response(page_body(page, count, [PostInListShape.from_row(row) for row in rows]))
