"""The archive in version 1: published posts by year and month."""

from chassis.django.lists import documented, page_body, query_of
from chassis.lists import PAGE_NUMBER, page_of
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.cache_headers import ALL_POSTS, KEYS, PubliclyCachedView
from blog_service.callers import viewer_of
from blog_service.posts.archive import months, published_in
from blog_service.posts.lists import NEWEST_FIRST
from blog_service.posts.models import Post
from blog_service.posts.selectors import rows_of
from blog_service.posts.surrogate_keys import keys_of_posts
from blog_service.posts.v1.shapes import ArchiveShape, MonthShape, PostInListShape, PostPageShape
from blog_service.posts.visibility import PUBLIC

IN_LISTS = PostInListShape.columns()


class Archive(PubliclyCachedView):
    @extend_schema(responses=ArchiveShape)
    def get(self, _request: Request) -> Response:
        """How many posts were published in each month (UTC), the latest first."""
        archive = ArchiveShape(results=[MonthShape.from_instance(month) for month in months()])
        return Response(archive, headers={KEYS: ALL_POSTS})


class ArchiveOfYear(PubliclyCachedView):
    @extend_schema(parameters=documented(PAGE_NUMBER), responses=PostPageShape)
    def get(self, request: Request, year: int) -> Response:
        """The posts of a year, newest first."""
        return _page(request, year)


class ArchiveOfMonth(PubliclyCachedView):
    @extend_schema(parameters=documented(PAGE_NUMBER), responses=PostPageShape)
    def get(self, request: Request, year: int, month: int) -> Response:
        """The posts of a month, newest first."""
        return _page(request, year, month)


def _page(request: Request, year: int, month: int | None = None) -> Response:
    page = page_of(query_of(request, PAGE_NUMBER))
    posts = Post.objects.filter(PUBLIC, published_in(year, month)).order_by(*NEWEST_FIRST)
    count = posts.count()
    page.require(count)
    rows = rows_of(posts[page.start : page.stop], viewer_of(request), IN_LISTS)
    body = page_body(page, count, [PostInListShape.from_row(row) for row in rows])
    return Response(body, headers=keys_of_posts(rows))
