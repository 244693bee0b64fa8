"""Posts in version 2, addressed by id."""

from collections.abc import Sequence
from uuid import UUID

from chassis.django.idempotency.views import IDEMPOTENCY_KEY_REQUIRED, create_once
from chassis.django.lists import documented, query_of, rows_on
from chassis.django.preconditions import IF_MATCH, IF_MATCH_OPTIONAL, if_match, if_match_or_any
from chassis.lists import CURSOR, Query, cursor_page
from chassis.tokens import Claims
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.links import post_link_v2, post_slug_link_v2
from blog_service.posts.lists import (
    FILTERS,
    MINE,
    NAMED,
    NEWEST_FIRST,
    OWN_NEWEST_FIRST,
    STATUS,
    Narrowed,
    place_of,
    posts_mine,
    posts_named,
    posts_published,
)
from blog_service.posts.selectors import (
    PostRow,
    post_get,
    post_get_by_slug,
    post_get_for_disposing,
    post_get_for_writing,
    rows_of,
)
from blog_service.posts.services.writing import post_change, post_create, post_delete, post_step
from blog_service.posts.surrogate_keys import keys_of_posts
from blog_service.posts.v2.answers import FULL, post_answer, row_answer
from blog_service.posts.v2.bodies import (
    PostV2Body,
    PostV2ChangesBody,
    TransitionBody,
    fields_read,
    images_named_as_sent,
    step_read,
)
from blog_service.posts.v2.selection import AUTHOR, COMMENTS, IN_LIST, OF_ONE, POST_OR_PART, Selection, list_or_parts
from blog_service.posts.v2.shapes import PostInListV2Shape, PostV2Shape

LIST = (*CURSOR, *FILTERS, MINE, NAMED, STATUS, *IN_LIST)
PAGE = list_or_parts("next_cursor", {"type": ["string", "null"]})
SLUG_TAKEN = OpenApiResponse(description="another post has this slug, or had it")
REFUSED = OpenApiResponse(description="no such step begins where the post stands: `transition_refused`")


class Posts(PubliclyCachedView):
    @extend_schema(parameters=documented(LIST), responses={200: PAGE})
    def get(self, request: Request) -> Response:
        """Published posts, newest first; with ``mine`` or ``named`` the caller's in every state, by their beginning."""
        query, viewer = query_of(request, LIST), viewer_of(request)
        if query.flag("named"):
            return _page_of_own(query, posts_named(query, viewer), viewer)
        return _page_of_own(query, posts_mine(query, viewer), viewer) if query.flag("mine") else _page(query, viewer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY_REQUIRED],
        request=PostV2Body,
        responses={201: PostV2Shape, 409: SLUG_TAKEN},
    )
    def post(self, request: Request) -> HttpResponse:
        """Write a post, a draft."""
        writer = writer_of(request)

        def answer(post_id: UUID) -> Response:
            response = post_answer(post_id, writer, status=201)
            response.headers["Location"] = post_link_v2(post_id)
            return response

        with images_named_as_sent():
            fields = fields_read(PostV2Body, request.data)
            return create_once(
                request,
                lambda keep: post_create(writer, fields, lambda post_id: keep(answer(post_id))),
                required=True,
            )


class PostById(PubliclyCachedView):
    @extend_schema(parameters=documented(OF_ONE), responses={200: POST_OR_PART})
    def get(self, request: Request, post_id: UUID) -> Response:
        """A post; a draft for its authors and editors alone."""
        selection, viewer = _selection_of(request), viewer_of(request)
        row = post_get(post_id, viewer, selection.columns())
        return row_answer(row, selection=selection, viewer=viewer)

    @extend_schema(
        parameters=[IF_MATCH],
        request=PostV2ChangesBody,
        responses={200: PostV2Shape, 409: SLUG_TAKEN},
    )
    def patch(self, request: Request, post_id: UUID) -> Response:
        """Change parts of a post; what is absent stays. ``If-Match`` compares the revision in the ETag alone."""
        writer = writer_of(request)
        post_get_for_writing(post_id, writer)  # who may not write learns nothing of the body's faults
        demand = if_match(request)
        with images_named_as_sent():
            fields = fields_read(PostV2ChangesBody, request.data)
            if "authors" in fields:
                post_get_for_disposing(post_id, writer)
            post_change(post_id, fields, actor=writer, if_match=demand)
        return post_answer(post_id, writer)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, post_id: UUID) -> Response:
        """Remove a post for good."""
        writer = writer_of(request)
        post_get_for_disposing(post_id, writer)
        post_delete(post_id, actor=writer.sub, if_match=if_match(request))
        return Response(status=204)


class Transitions(APIView):
    @extend_schema(
        parameters=[IF_MATCH_OPTIONAL],
        request=TransitionBody,
        responses={200: PostV2Shape, 202: PostV2Shape, 409: REFUSED},
    )
    def post(self, request: Request, post_id: UUID) -> Response:
        """Schedule, publish or archive a post, or make it a draft; 202 while images have it wait."""
        writer = writer_of(request)
        post_get_for_writing(post_id, writer)
        now = timezone.now()
        step = step_read(request.data, now)
        post_step(post_id, step, actor=writer, if_match=if_match_or_any(request), now=now)
        row = post_get(post_id, writer, FULL)
        return row_answer(row, status=202 if row["publish_requested"] else 200)


class PostBySlug(PubliclyCachedView):
    @extend_schema(parameters=documented(OF_ONE), responses={200: POST_OR_PART, 308: None})
    def get(self, request: Request, slug: str) -> HttpResponse:
        """A post; an old slug leads to the present one."""
        selection, viewer = _selection_of(request), viewer_of(request)
        row = post_get_by_slug(slug, viewer, selection.columns())
        if row["slug"] != slug:
            return HttpResponse(status=308, headers={"Location": post_slug_link_v2(row["slug"])})
        return row_answer(row, selection=selection, viewer=viewer)


def _selection_of(request: Request) -> Selection:
    return Selection.of(query_of(request, OF_ONE), PostV2Shape, (AUTHOR, COMMENTS))


def _page(query: Query, viewer: Claims | None) -> Response:
    page, narrowed = cursor_page(query, NEWEST_FIRST), posts_published(query)
    selection = Selection.of(query, PostInListV2Shape)
    with narrowed.in_time():
        found = rows_of(rows_on(page, narrowed.posts), viewer, selection.columns())
    rows, next_cursor = page.split(found, place_of)
    return _list(rows, next_cursor, selection)


def _page_of_own(query: Query, narrowed: Narrowed, viewer: Claims | None) -> Response:
    """Not by publication, which drafts have not: a cursor needs a key that is never null."""
    page = cursor_page(query, OWN_NEWEST_FIRST)
    selection = Selection.of(query, PostInListV2Shape)
    with narrowed.in_time():
        found = rows_of(rows_on(page, narrowed.posts), viewer, selection.columns())
    rows, next_cursor = page.split(found, lambda row: (row["created_at"], row["id"]))
    return _list(rows, next_cursor, selection)


def _list(rows: Sequence[PostRow], next_cursor: str | None, selection: Selection) -> Response:
    items = [selection.shown(row) for row in rows]
    return Response({"items": items, "next_cursor": next_cursor}, headers=keys_of_posts(rows))
