"""What those one follows have published, in version 2."""

from chassis.django.lists import documented, query_of, rows_on
from chassis.lists import CURSOR, cursor_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.home_feed.selectors import NEWEST_FIRST, home_feed
from blog_service.posts.selectors import public_rows
from blog_service.posts.v2.shapes import PostInListV2Shape, PostsV2Shape

IN_LISTS = PostInListV2Shape.columns()


class HomeFeed(APIView):
    @extend_schema(parameters=documented(CURSOR), responses=PostsV2Shape)
    def get(self, request: Request) -> Response:
        """Posts of those the caller follows, newest first."""
        reader, page = writer_of(request), cursor_page(query_of(request, CURSOR), NEWEST_FIRST)
        found = list(rows_on(page, home_feed(reader.sub)))
        entries, next_cursor = page.split(found, lambda entry: (entry.published_at, entry.post_id))
        rows = public_rows([entry.post_id for entry in entries], reader, IN_LISTS)
        return Response({"items": [PostInListV2Shape.from_row(row) for row in rows], "next_cursor": next_cursor})
