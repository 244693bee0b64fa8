"""Pictures that come with a request of v1: sent on to media before the post is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from chassis.problems import FieldError, invalid_fields
from chassis.tokens import Claims
from rest_framework.request import Request

from blog_service.posts.models import Post
from blog_service.posts.services.images import ImageFields
from blog_service.sent_pictures.services import pictures_sent


@contextmanager
def pictures_in_media(
    request: Request, writer: Claims, images: list[dict[str, Any]], post_id: UUID | None = None
) -> Iterator[list[ImageFields]]:
    """The images with the id in media where a file was, for the block to write; else media releases the files.

    Raises Problem: 400 for files that are not sent by the author of the post, media's refusal, 503.
    """
    files = {index: image["file"] for index, image in enumerate(images) if "file" in image}
    if files and post_id and not Post.objects.filter(id=post_id, author_id=writer.sub).exists():
        only = "A picture is its author's: only they can send one."
        raise invalid_fields([FieldError(f"/images/{index}/file", "not_the_author", only) for index in files])
    with pictures_sent(files, owner_id=writer.sub, authorization=request.headers["Authorization"]) as ids:
        yield [_placed(image, ids.get(index)) for index, image in enumerate(images)]


def _placed(image: dict[str, Any], media: UUID | None) -> ImageFields:
    kept = {name: value for name, value in image.items() if name != "file"}
    return cast("ImageFields", kept | {"media": media} if media else kept)
