"""Posts in version 1, addressed by slug."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, Keep, create_once
from chassis.django.lists import documented, page_body, query_of
from chassis.django.parsers import JsonParser
from chassis.lists import PAGE_NUMBER, Page, page_of
from chassis.tokens import Claims
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.links import post_link
from blog_service.posts.finding import highlights_of, posts_found, rows_in_order
from blog_service.posts.lists import BY_PAGE, FILTERS, Narrowed, posts_in_order
from blog_service.posts.selectors import (
    PostForWriting,
    PostRow,
    post_get,
    post_get_by_slug,
    post_get_for_disposing,
    post_get_for_writing,
    rows_of,
)
from blog_service.posts.services.writing import PostFields, post_change, post_create, post_delete
from blog_service.posts.surrogate_keys import keys_of_post, keys_of_posts
from blog_service.posts.v1.bodies import PostBody, PostChangesBody
from blog_service.posts.v1.form import PostFormParser
from blog_service.posts.v1.form_schemas import POST_FORM
from blog_service.posts.v1.pictures import pictures_in_media
from blog_service.posts.v1.shapes import FoundPostShape, HighlightsShape, PostInListShape, PostPageShape, PostShape
from blog_service.search.terms import Terms

LIST = (*PAGE_NUMBER, *FILTERS, *BY_PAGE)
IN_LISTS = PostInListShape.columns()
FULL = PostShape.columns()
CHANGED = {
    200: PostShape,
    409: OpenApiResponse(description="an archived post cannot be published: `transition_refused`"),
}


def _with_form(body: type[PostBody]) -> dict[str, Any]:
    return {"application/json": body, "multipart/form-data": POST_FORM}


class Posts(PubliclyCachedView):
    parser_classes = (JsonParser, PostFormParser)

    @extend_schema(parameters=documented(LIST), responses=PostPageShape)
    def get(self, request: Request) -> Response:
        """Published posts, newest first; with ``q`` the best of the thousand newest that match."""
        query, viewer = query_of(request, LIST), viewer_of(request)
        page, found = page_of(query), posts_in_order(query, viewer)
        if found.terms is not None:
            return _page_of_found(page, found, found.terms, viewer)
        count = found.count()
        page.require(count)
        rows = rows_of(found.posts[page.start : page.stop], viewer, IN_LISTS)
        body = page_body(page, count, [PostInListShape.from_row(row) for row in rows])
        return Response(body, headers=keys_of_posts(rows))

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=_with_form(PostBody),
        responses={201: PostShape},
    )
    def post(self, request: Request) -> HttpResponse:
        """Write a post, a draft unless ``published`` is true; its pictures may come with it."""
        writer = writer_of(request)
        sent = read(PostBody, request.data)

        def answer(post_id: UUID) -> Response:
            row = post_get(post_id, writer, FULL)
            return Response(PostShape.from_row(row), status=201, headers={"Location": post_link(row["slug"])})

        def create(keep: Keep) -> Response:
            with _fields_in_media(request, writer, sent) as fields:
                return post_create(writer, fields, lambda post_id: keep(answer(post_id)))

        return create_once(request, create)


class PostBySlug(PubliclyCachedView):
    parser_classes = (JsonParser, PostFormParser)

    @extend_schema(responses={200: PostShape, 308: None})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """A post; an old slug leads to the present one."""
        row = post_get_by_slug(slug, viewer_of(request), FULL)
        if row["slug"] != slug:
            return HttpResponse(status=308, headers={"Location": post_link(row["slug"])})
        return Response(PostShape.from_row(row), headers=keys_of_post(row))

    @extend_schema(request=_with_form(PostBody), responses=CHANGED)
    def put(self, request: Request, slug: str) -> Response:
        """Write a post anew; optional fields that are absent stay."""
        return Response(PostShape.from_row(_change(request, slug, read_with=PostBody)))

    @extend_schema(request=_with_form(PostChangesBody), responses=CHANGED)
    def patch(self, request: Request, slug: str) -> Response:
        """Change parts of a post; what is absent stays."""
        return Response(PostShape.from_row(_change(request, slug, read_with=PostChangesBody)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Remove a post for good."""
        writer = writer_of(request)
        post_delete(post_get_for_disposing(slug, writer), actor=writer.sub)
        return Response(status=204)


class Publish(APIView):
    @extend_schema(request=None, responses=CHANGED | {202: PostShape})
    def post(self, request: Request, slug: str) -> Response:
        """Publish a post: at once, or (202) by itself when its images are confirmed."""
        row = _published(request, slug, published=True)
        return Response(PostShape.from_row(row), status=202 if row["publish_requested"] else 200)


class Unpublish(APIView):
    @extend_schema(request=None, responses=PostShape)
    def post(self, request: Request, slug: str) -> Response:
        """Make a post a draft again, or stop waiting to publish it."""
        return Response(PostShape.from_row(_published(request, slug, published=False)))


def _page_of_found(page: Page, found: Narrowed, terms: Terms, viewer: Claims | None) -> Response:
    ids = [hit.post_id for hit in posts_found(found.posts, terms)]
    page.require(len(ids))
    if page.query.text("ordering"):
        with found.in_time():
            ids = list(found.posts.filter(id__in=ids).values_list("id", flat=True))
    rows = rows_in_order(found.posts, ids[page.start : page.stop], viewer, IN_LISTS)
    body = page_body(page, len(ids), [_found(row, terms) for row in rows])
    return Response(body, headers=keys_of_posts(rows))


def _found(row: PostRow, terms: Terms) -> FoundPostShape:
    title, excerpt = highlights_of(row, terms)
    return FoundPostShape.from_row({**row, "highlights": HighlightsShape(title=title, excerpt=excerpt)})


def _published(request: Request, slug: str, *, published: bool) -> PostRow:
    writer = writer_of(request)
    return _written(post_get_for_writing(slug, writer), {"published": published}, writer)


def _change(request: Request, slug: str, *, read_with: type[PostBody]) -> PostRow:
    writer = writer_of(request)
    post = post_get_for_writing(slug, writer)  # who may not write learns nothing of the body's faults
    with _fields_in_media(request, writer, read(read_with, request.data), post.id) as fields:
        return _written(post, fields, writer)


@contextmanager
def _fields_in_media(
    request: Request, writer: Claims, sent: dict[str, Any], post_id: UUID | None = None
) -> Iterator[PostFields]:
    """What was sent, with files as pictures in media; they are released if the block does not write them."""
    with pictures_in_media(request, writer, sent.get("images", []), post_id) as images:
        yield cast("PostFields", sent | ({"images": images} if "images" in sent else {}))


def _written(post: PostForWriting, fields: PostFields, writer: Claims) -> PostRow:
    post_change(post.id, fields, actor=writer)
    return post_get(post.id, writer, FULL)
