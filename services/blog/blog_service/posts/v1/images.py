"""The images of a post in version 1, one at a time."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from chassis.django.bodies import read
from chassis.django.idempotency.views import IDEMPOTENCY_KEY, Keep, create_once
from chassis.django.lists import documented, page_body, query_of
from chassis.django.parsers import JsonParser
from chassis.lists import PAGE_NUMBER, page_of
from chassis.tokens import Claims
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from blog_service.cache_headers import PubliclyCachedView
from blog_service.callers import viewer_of, writer_of
from blog_service.posts.selectors import ImageRow, post_get, post_get_by_slug, post_get_for_writing
from blog_service.posts.services.gallery import ImageNotFound, image_add, image_change, image_remove
from blog_service.posts.services.images import ImageFields
from blog_service.posts.surrogate_keys import keys_of_post
from blog_service.posts.v1.bodies import CaptionBody, NewImageBody
from blog_service.posts.v1.form import ImageFormParser
from blog_service.posts.v1.form_schemas import IMAGE_FORM
from blog_service.posts.v1.pictures import pictures_in_media
from blog_service.posts.v1.shapes import ImagePageShape, ImageShape


class Images(PubliclyCachedView):
    parser_classes = (JsonParser, ImageFormParser)

    @extend_schema(parameters=documented(PAGE_NUMBER), responses=ImagePageShape)
    def get(self, request: Request, slug: str) -> Response:
        """The images of a post, in their order."""
        page = page_of(query_of(request, PAGE_NUMBER))
        post = post_get_by_slug(slug, viewer_of(request), ())
        images = post["images"]
        page.require(len(images))
        shown = [ImageShape.from_row(image) for image in images[page.start : page.stop]]
        return Response(page_body(page, len(images), shown), headers=keys_of_post(post))

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": NewImageBody, "multipart/form-data": IMAGE_FORM},
        responses={201: ImageShape},
    )
    def post(self, request: Request, slug: str) -> HttpResponse:
        """Put a picture after the others: one that is in media, or the file itself."""
        writer = writer_of(request)
        post_id = post_get_for_writing(slug, writer).id
        sent = read(NewImageBody, request.data)

        def create(keep: Keep) -> Response:
            answer = Response(status=201)
            with pictures_in_media(request, writer, [sent], post_id) as (image,):

                def show() -> None:
                    answer.data = _shown(post_id, writer, lambda row: row["media"] == image["media"])
                    keep(answer)

                image_add(post_id, image, actor=writer, then=show)
            return answer

        return create_once(request, create)


class OneImage(APIView):
    @extend_schema(request=CaptionBody, responses=ImageShape)
    def patch(self, request: Request, slug: str, image_id: UUID) -> Response:
        """Change the texts of an image; what is absent stays."""
        writer = writer_of(request)
        post_id = post_get_for_writing(slug, writer).id
        image_change(post_id, image_id, cast("ImageFields", read(CaptionBody, request.data)), actor=writer)
        return Response(_shown(post_id, writer, lambda row: row["id"] == image_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, image_id: UUID) -> Response:
        """Take an image out of a post; its picture stays in media."""
        writer = writer_of(request)
        image_remove(post_get_for_writing(slug, writer).id, image_id, actor=writer)
        return Response(status=204)


def _shown(post_id: UUID, viewer: Claims, is_meant: Callable[[ImageRow], bool]) -> ImageShape:
    found = next(filter(is_meant, post_get(post_id, viewer, ())["images"]), None)
    if found is None:  # another request was quicker
        raise ImageNotFound
    return ImageShape.from_row(found)
