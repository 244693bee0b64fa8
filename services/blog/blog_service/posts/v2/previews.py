"""Preview links in version 2: for a post's author and editors to make, for anybody who has one to read by."""

from datetime import timedelta
from uuid import UUID

from chassis.django.bodies import StrictBody, read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, Keep, create_once
from chassis.tokens import Claims
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.callers import writer_of
from blog_service.links import preview_link
from blog_service.posts.models import Post, PreviewLink
from blog_service.posts.selectors import post_get_for_writing, rows_of
from blog_service.posts.services.previews import (
    LONGEST,
    SHORTEST,
    PreviewNotFound,
    preview_add,
    preview_end,
    preview_maker,
    preview_open,
    previews_of,
)
from blog_service.posts.v2.shapes import (
    NewPreviewV2Shape,
    PreviewedPostV2Shape,
    PreviewsV2Shape,
    PreviewV2Shape,
)

FULL = PreviewedPostV2Shape.columns()
DAY = int(timedelta(days=1).total_seconds())
FOR_NOBODY_ELSE = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}
"""Headers: who has a link may keep it from search engines and from where the post's links lead."""


class PreviewBody(StrictBody):
    expires_in = serializers.IntegerField(
        required=False,
        min_value=int(SHORTEST.total_seconds()),
        max_value=int(LONGEST.total_seconds()),
        help_text=f"seconds; {DAY} unless given",
    )


class PreviewLinks(APIView):
    @extend_schema(responses=PreviewsV2Shape)
    def get(self, request: Request, post_id: UUID) -> Response:
        """The links that can still be read by; not their addresses, of which only a digest is kept."""
        _writer_of_post(request, post_id)
        links = previews_of(post_id, now=timezone.now()).order_by("created_at", "id")
        rows = links.values(*PreviewV2Shape.columns())
        return Response({"items": [PreviewV2Shape.from_row(row) for row in rows]})

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=PreviewBody, responses={201: NewPreviewV2Shape})
    def post(self, request: Request, post_id: UUID) -> HttpResponse:
        """A link by which anybody reads this post until it expires; its address is told once, in no repeated answer."""
        writer = _writer_of_post(request, post_id)
        life = timedelta(seconds=read(PreviewBody, request.data).get("expires_in", DAY))

        def create(keep: Keep) -> Response:
            maker_id = preview_maker(writer)  # auth may be asked: no transaction waits for it
            with transaction.atomic():
                link, token = preview_add(post_id, maker_id=maker_id, life=life, now=timezone.now())
                keep(_made(link, None))
            return _made(link, preview_link(token))

        return create_once(request, create)


class OnePreviewLink(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, post_id: UUID, link_id: UUID) -> Response:
        """End a link."""
        _writer_of_post(request, post_id)
        preview_end(post_id, link_id)
        return Response(status=204)


class Preview(APIView):
    authentication_classes = ()  # the link says it all

    @extend_schema(responses={(200, "application/json"): PreviewedPostV2Shape, (200, "text/html"): str})
    def get(self, _request: Request, token: str) -> Response:
        """The post of a preview link as its readers would see it; no cache and no search engine may keep it.

        Where `Accept` prefers `text/html`, as browsers do, it is a page.
        """
        post_id = preview_open(token, now=timezone.now())
        for row in rows_of(Post.objects.filter(id=post_id), None, FULL):
            return Response(PreviewedPostV2Shape.from_row(row))
        raise PreviewNotFound


def _made(link: PreviewLink, url: str | None) -> Response:
    shown = PreviewV2Shape.from_instance(link)
    made = NewPreviewV2Shape(id=shown.id, created_at=shown.created_at, expires_at=shown.expires_at, url=url)
    return Response(made, status=201)


def _writer_of_post(request: Request, post_id: UUID) -> Claims:
    writer = writer_of(request)
    post_get_for_writing(post_id, writer)
    return writer
