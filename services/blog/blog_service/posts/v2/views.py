"""Posts in version 2, addressed by id."""

from uuid import UUID

from chassis.django.lists import documented, query_of, rows_on
from chassis.django.renderers import encode
from chassis.lists import CURSOR, Place, cursor_page
from chassis.preconditions import entity_tag
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of
from blog_service.links import post_slug_link_v2
from blog_service.posts.lists import FILTERS, NEWEST_FIRST, posts_published
from blog_service.posts.selectors import PostRow, post_get, post_get_by_slug, rows_of
from blog_service.posts.v2.shapes import PostInListV2Shape, PostsV2Shape, PostV2Shape

LIST = (*CURSOR, *FILTERS)
IN_LISTS = PostInListV2Shape.columns()
FULL = PostV2Shape.columns()


class Posts(PubliclyCachedView):
    @extend_schema(operation_id="v2_posts_list", parameters=documented(LIST), responses=PostsV2Shape)
    def get(self, request: Request) -> Response:
        """Published posts, newest first."""
        query = query_of(request, LIST)
        page = cursor_page(query, NEWEST_FIRST)
        found = rows_of(rows_on(page, posts_published(query).posts), viewer_of(request), IN_LISTS)
        rows, next_cursor = page.split(found, _place)
        return Response({"items": [PostInListV2Shape.from_row(row) for row in rows], "next_cursor": next_cursor})


class PostById(PubliclyCachedView):
    @extend_schema(operation_id="v2_posts_read", responses=PostV2Shape)
    def get(self, request: Request, post_id: UUID) -> Response:
        """A post; a draft for its author and editors alone."""
        return _shown(post_get(post_id, viewer_of(request), FULL))


class PostBySlug(PubliclyCachedView):
    @extend_schema(operation_id="v2_posts_find", responses={200: PostV2Shape, 308: None})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """A post; an old slug leads to the present one."""
        row = post_get_by_slug(slug, viewer_of(request), FULL)
        if row["slug"] != slug:
            return HttpResponse(status=308, headers={"Location": post_slug_link_v2(row["slug"])})
        return _shown(row)


def _place(row: PostRow) -> Place:
    assert row["published_at"]
    return row["published_at"], row["id"]


def _shown(row: PostRow) -> Response:
    """The post with its ETag: its revision for writers, and all that is seen for caches."""
    shape = PostV2Shape.from_row(row)
    return Response(shape, headers={"ETag": entity_tag(row["version"], encode(shape))})
