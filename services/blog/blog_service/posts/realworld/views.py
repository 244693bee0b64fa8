"""Posts in RealWorld's dialect, where they are articles."""

from dataclasses import replace
from uuid import UUID

from chassis.django.authentication import RealWorldAuthentication
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, create_once
from chassis.django.lists import documented
from chassis.lists import Parameter, Query
from chassis.tokens import Claims
from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.authors.services import author_find
from blog_service.callers import viewer_of, writer_of
from blog_service.favourites.selectors import favourites_of
from blog_service.home_feed.selectors import home_feed, home_feed_count
from blog_service.posts.lists import NEWEST_FIRST, Narrowed, posts_published
from blog_service.posts.realworld.bodies import ArticleBody, ArticleChangesBody, fields_read
from blog_service.posts.realworld.shapes import (
    RealWorldArticleAnswer,
    RealWorldArticlesAnswer,
    RealWorldArticleShape,
    RealWorldListedShape,
)
from blog_service.posts.realworld.windows import LIMIT, OFFSET, query_of, window_of
from blog_service.posts.selectors import (
    PostRow,
    post_get,
    post_get_by_slug,
    post_get_for_disposing,
    post_get_for_writing,
    public_rows,
    rows_of,
)
from blog_service.posts.services.favourites import post_favourite
from blog_service.posts.services.writing import PostFields, post_change, post_create, post_delete

FULL, IN_LISTS = RealWorldArticleShape.columns(), RealWorldListedShape.columns()
FAVORITED = Parameter("favorited", description="a username: what they have among their favourites")
LIST = (Parameter("tag"), Parameter("author", description="a username"), FAVORITED, LIMIT, OFFSET)


class Articles(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(parameters=documented(LIST), responses=RealWorldArticlesAnswer)
    def get(self, request: Request) -> Response:
        """Published posts, newest first."""
        query = query_of(request, LIST)
        window, found = window_of(query), _narrowed(query)
        posts = found.posts.order_by(*NEWEST_FIRST)[window.start : window.stop]
        return _list(rows_of(posts, viewer_of(request), IN_LISTS), found.count())

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=ArticleBody, responses={201: RealWorldArticleAnswer})
    def post(self, request: Request) -> HttpResponse:
        """Write a post and publish it."""
        writer = writer_of(request)
        fields: PostFields = {**fields_read(ArticleBody, request.data), "published": True}
        return create_once(
            request,
            lambda keep: post_create(writer, fields, lambda post_id: keep(_shown(post_id, writer, status=201))),
        )


class Feed(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(
        parameters=documented((LIMIT, OFFSET)),
        responses=RealWorldArticlesAnswer,
    )
    def get(self, request: Request) -> Response:
        """The newest thousand posts of those the caller follows, newest first."""
        reader, window = writer_of(request), window_of(query_of(request, (LIMIT, OFFSET)))
        count = home_feed_count(reader.sub)
        entries = home_feed(reader.sub)[min(window.start, count) : min(window.stop, count)]
        return _list(public_rows([entry.post_id for entry in entries], reader, IN_LISTS), count)


class Article(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(responses=RealWorldArticleAnswer)
    def get(self, request: Request, slug: str) -> Response:
        """A post, also by a slug that it had before."""
        return _answer(post_get_by_slug(slug, viewer_of(request), FULL))

    @extend_schema(request=ArticleChangesBody, responses=RealWorldArticleAnswer)
    def put(self, request: Request, slug: str) -> Response:
        """Change what is sent; what is absent stays. The slug follows the title."""
        writer = writer_of(request)
        post_id = post_get_for_writing(slug, writer).id
        post_change(post_id, fields_read(ArticleChangesBody, request.data), actor=writer)
        return _shown(post_id, writer)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Remove a post for good."""
        writer = writer_of(request)
        post_delete(post_get_for_disposing(slug, writer), actor=writer.sub)
        return Response(status=204)


class Favorite(APIView):
    authentication_classes = [RealWorldAuthentication]

    @extend_schema(request=None, responses=RealWorldArticleAnswer)
    def post(self, request: Request, slug: str) -> Response:
        """Make a post one of the caller's favourites; nothing if it is one."""
        reader = writer_of(request)
        return _shown(post_favourite(Q(slugs__slug=slug), reader, favourite=True), reader)

    @extend_schema(responses={200: RealWorldArticleAnswer})
    def delete(self, request: Request, slug: str) -> Response:
        """Make a post none of the caller's favourites; nothing if it is none."""
        reader = writer_of(request)
        return _shown(post_favourite(Q(slugs__slug=slug), reader, favourite=False), reader)


def _narrowed(query: Query) -> Narrowed:
    found = posts_published(query)
    if username := query.text("favorited"):
        reader = author_find(username)
        favourites = favourites_of(reader.id if reader else None)
        return replace(found, posts=found.posts.filter(id__in=favourites), kept=(*found.kept, None))
    return found


def _list(rows: list[PostRow], count: int) -> Response:
    return Response(
        RealWorldArticlesAnswer(articles=[RealWorldListedShape.from_row(row) for row in rows], articlesCount=count)
    )


def _shown(post_id: UUID, viewer: Claims, *, status: int = 200) -> Response:
    return _answer(post_get(post_id, viewer, FULL), status=status)


def _answer(row: PostRow, *, status: int = 200) -> Response:
    return Response(RealWorldArticleAnswer(article=RealWorldArticleShape.from_row(row)), status=status)
